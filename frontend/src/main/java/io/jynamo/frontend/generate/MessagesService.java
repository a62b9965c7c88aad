package io.jynamo.frontend.generate;

import io.jynamo.frontend.ModelRegistry;
import io.jynamo.frontend.ServedModel;
import io.jynamo.frontend.anthropic.ErrorEnvelope;
import io.jynamo.frontend.anthropic.MessagesRequest;
import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.http.RequestBody;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.metrics.FrontendMetrics;
import io.jynamo.frontend.openai.ChatRequest;

/** Answers Anthropic's endpoints: messages, which run as all else does, and the count of a message's tokens. */
public final class MessagesService {
    private final GenerationService generation;
    private final ModelRegistry models;
    private final Lanes lanes;
    private final Preprocessor preprocessor;
    private final Dialect dialect;
    private final boolean stripsPreamble;

    /** @param stripsPreamble a leading {@code x-anthropic-billing-header:} line is left out of system prompts */
    public MessagesService(
            GenerationService generation,
            ModelRegistry models,
            FrontendMetrics metrics,
            Lanes lanes,
            boolean stripsPreamble) {
        this.generation = generation;
        this.models = models;
        this.lanes = lanes;
        this.preprocessor = new Preprocessor(metrics);
        this.dialect = new MessagesDialect(stripsPreamble);
        this.stripsPreamble = stripsPreamble;
    }

    /** {@code POST /v1/messages}. */
    public void create(Exchange exchange) {
        generation.begin(exchange, dialect);
    }

    /** {@code POST /v1/messages/count_tokens}: what the prompt would be, to the token. */
    public void count(Exchange exchange) {
        lanes.answer(exchange, () -> {
            RequestBody body = exchange.body();
            byte[] bytes = body.bytes();
            ChatRequest request =
                    MessagesRequest.parseCount(bytes, Math.min(bytes.length, body.count()), stripsPreamble);
            ServedModel model =
                    models.require(request.options().model(), exchange.visit().terms());
            int[] ids = preprocessor.tokenize(
                    model.tokenizer(), preprocessor.render(request, model), request.addSpecialTokens());
            JsonWriter out = new JsonWriter(32);
            out.beginObject().name("input_tokens").value((long) ids.length).endObject();
            return Answer.json(200, out.toArray()).with(ErrorEnvelope.HEADER, ErrorEnvelope.requestId(exchange.head()));
        });
    }
}
