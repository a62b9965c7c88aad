package io.jynamo.frontend.generate;

import io.jynamo.frontend.ServedModel;
import io.jynamo.frontend.media.MediaPart;
import io.jynamo.frontend.metrics.Kind;
import io.jynamo.frontend.openai.GenerationOptions;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.frontend.responses.ResponseStore;
import io.jynamo.frontend.responses.ResponsesRequest;
import io.jynamo.frontend.responses.StoredHistory;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.Media;
import java.util.List;

/**
 * OpenAI's Responses, for one client.
 *
 * @param owner whose responses it may go on from, and whose this one will be
 */
record ResponsesDialect(ResponseStore store, String owner) implements Dialect {
    @Override
    public String endpoint() {
        return Kind.RESPONSES;
    }

    @Override
    public String idPrefix() {
        return "resp_";
    }

    @Override
    public ClientRequest parse(byte[] body, int count) {
        return new Asked(ResponsesRequest.parse(body, count, new StoredHistory(store, owner)), this);
    }

    private record Asked(ResponsesRequest request, ResponsesDialect dialect) implements ClientRequest {
        @Override
        public GenerationOptions options() {
            return request.chat().options();
        }

        @Override
        public List<MediaPart> media() {
            return request.chat().media();
        }

        @Override
        public Prepared prepare(Preprocessor preprocessor, ServedModel model, List<Media> media) {
            Prepared prepared;
            try {
                prepared = preprocessor.chat(request.chat(), model, media);
            } catch (Refusal refused) {
                throw inOwnWords(refused);
            }
            if (request.logprobs() && prepared.replies() != null) {
                throw Refusal.unsupported(
                        "include",
                        "`include` of log probabilities is not supported where reasoning or calls are told apart from"
                                + " text, as they are of `" + model.name() + "`: their tokens are not.");
            }
            return prepared;
        }

        /** Of a conversation that does not fit a chat says how long its messages are, which clients here know as input. */
        private static Refusal inOwnWords(Refusal refused) {
            if (refused.code() != ErrorCode.CONTEXT_LENGTH_EXCEEDED || refused.getMessage() == null) {
                return refused;
            }
            String message =
                    refused.getMessage().replace("messages", "input").replace("max_tokens", "max_output_tokens");
            return new Refusal(refused.code(), message, "messages".equals(refused.param()) ? "input" : refused.param());
        }

        @Override
        public EventWriter events(AnswerParts parts) {
            return new ResponseEventWriter(parts, new ResponseKeeper(request, dialect, parts));
        }

        @Override
        public BodyWriter body(AnswerParts parts) {
            return new ResponseBodyWriter(parts, new ResponseKeeper(request, dialect, parts));
        }
    }
}
