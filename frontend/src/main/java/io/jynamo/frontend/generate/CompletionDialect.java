package io.jynamo.frontend.generate;

import io.jynamo.frontend.ServedModel;
import io.jynamo.frontend.metrics.Kind;
import io.jynamo.frontend.openai.CompletionRequest;
import io.jynamo.frontend.openai.GenerationOptions;
import io.jynamo.protocol.Media;
import java.util.List;

/** OpenAI's text completions. */
final class CompletionDialect implements Dialect {
    @Override
    public String endpoint() {
        return Kind.COMPLETIONS;
    }

    @Override
    public String idPrefix() {
        return "cmpl-";
    }

    @Override
    public ClientRequest parse(byte[] body, int count) {
        return new Asked(CompletionRequest.parse(body, count));
    }

    private record Asked(CompletionRequest completion) implements ClientRequest {
        @Override
        public GenerationOptions options() {
            return completion.options();
        }

        @Override
        public Prepared prepare(Preprocessor preprocessor, ServedModel model, List<Media> media) {
            return preprocessor.completion(completion, model);
        }

        @Override
        public EventWriter events(AnswerParts parts) {
            return new ChunkEvents(parts, false);
        }

        @Override
        public BodyWriter body(AnswerParts parts) {
            return new ChoicesBody(parts, false);
        }
    }
}
