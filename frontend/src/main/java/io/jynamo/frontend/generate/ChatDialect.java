package io.jynamo.frontend.generate;

import io.jynamo.frontend.ServedModel;
import io.jynamo.frontend.media.MediaPart;
import io.jynamo.frontend.metrics.Kind;
import io.jynamo.frontend.openai.ChatRequest;
import io.jynamo.frontend.openai.GenerationOptions;
import io.jynamo.protocol.Media;
import java.util.List;

/** OpenAI's chat completions. */
final class ChatDialect implements Dialect {
    @Override
    public String endpoint() {
        return Kind.CHAT;
    }

    @Override
    public String idPrefix() {
        return "chatcmpl-";
    }

    @Override
    public ClientRequest parse(byte[] body, int count) {
        return new Asked(ChatRequest.parse(body, count));
    }

    private record Asked(ChatRequest chat) implements ClientRequest {
        @Override
        public GenerationOptions options() {
            return chat.options();
        }

        @Override
        public List<MediaPart> media() {
            return chat.media();
        }

        @Override
        public Prepared prepare(Preprocessor preprocessor, ServedModel model, List<Media> media) {
            return preprocessor.chat(chat, model, media);
        }

        @Override
        public EventWriter events(AnswerParts parts) {
            ThinkingBudget.tell(chat, parts);
            return new ChunkEvents(parts, true);
        }

        @Override
        public BodyWriter body(AnswerParts parts) {
            ThinkingBudget.tell(chat, parts);
            return new ChoicesBody(parts, true);
        }
    }
}
