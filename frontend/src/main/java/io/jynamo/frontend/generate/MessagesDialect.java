package io.jynamo.frontend.generate;

import io.jynamo.frontend.ServedModel;
import io.jynamo.frontend.anthropic.ErrorEnvelope;
import io.jynamo.frontend.anthropic.MessagesRequest;
import io.jynamo.frontend.http.RequestHead;
import io.jynamo.frontend.media.MediaPart;
import io.jynamo.frontend.metrics.Kind;
import io.jynamo.frontend.openai.ChatRequest;
import io.jynamo.frontend.openai.GenerationOptions;
import io.jynamo.protocol.Media;
import java.util.List;
import java.util.Map;

/** Anthropic's messages. */
final class MessagesDialect implements Dialect {
    private final boolean stripsPreamble;

    /** @param stripsPreamble a leading billing header is left out of system prompts */
    MessagesDialect(boolean stripsPreamble) {
        this.stripsPreamble = stripsPreamble;
    }

    @Override
    public List<Map.Entry<String, String>> headers(RequestHead head) {
        return List.of(Map.entry(ErrorEnvelope.HEADER, ErrorEnvelope.requestId(head)));
    }

    @Override
    public String endpoint() {
        return Kind.MESSAGES;
    }

    @Override
    public String idPrefix() {
        return ErrorEnvelope.MESSAGE;
    }

    @Override
    public ClientRequest parse(byte[] body, int count) {
        return new Asked(MessagesRequest.parse(body, count, stripsPreamble));
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
            return new MessageEventWriter(parts);
        }

        @Override
        public BodyWriter body(AnswerParts parts) {
            ThinkingBudget.tell(chat, parts);
            return new MessageBodyWriter(parts);
        }
    }
}
