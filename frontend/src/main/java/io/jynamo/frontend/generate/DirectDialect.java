package io.jynamo.frontend.generate;

import io.jynamo.frontend.ServedModel;
import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.openai.CompletionRequest;
import io.jynamo.frontend.openai.GenerationOptions;
import io.jynamo.protocol.Media;
import java.util.List;

/** What a direct client speaks: one request's, for the client answers for itself. */
final class DirectDialect implements Dialect {
    private final DirectClient client;

    DirectDialect(DirectClient client) {
        this.client = client;
    }

    @Override
    public String endpoint() {
        return client.endpoint();
    }

    @Override
    public String idPrefix() {
        return "";
    }

    @Override
    public ClientRequest parse(byte[] body, int count) {
        return new Asked(client.parse(body, count), client);
    }

    /** A checked request of a direct client. */
    record Asked(CompletionRequest completion, DirectClient client) implements ClientRequest {
        @Override
        public GenerationOptions options() {
            return completion.options();
        }

        @Override
        public Prepared prepare(Preprocessor preprocessor, ServedModel model, List<Media> media) {
            return preprocessor.completion(completion, model);
        }

        RunAnswer answer(Exchange exchange) {
            return new DirectAnswer(exchange, client, options().stream());
        }

        @Override
        public EventWriter events(AnswerParts parts) {
            throw new UnsupportedOperationException("it takes values");
        }

        @Override
        public BodyWriter body(AnswerParts parts) {
            throw new UnsupportedOperationException("it takes values");
        }
    }
}
