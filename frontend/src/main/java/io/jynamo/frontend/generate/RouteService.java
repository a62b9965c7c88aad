package io.jynamo.frontend.generate;

import io.jynamo.frontend.ModelRegistry;
import io.jynamo.frontend.ServedModel;
import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.http.RequestBody;
import io.jynamo.frontend.http.RequestHead;
import io.jynamo.frontend.json.JsonInput;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.keys.KeyTerms;
import io.jynamo.frontend.media.MediaRuns;
import io.jynamo.frontend.metrics.FrontendMetrics;
import io.jynamo.frontend.openai.ChatRequest;
import io.jynamo.frontend.openai.CompletionRequest;
import io.jynamo.frontend.openai.GenerationOptions;
import io.jynamo.protocol.CacheScope;
import io.jynamo.router.Router;

/**
 * Answers {@code POST /v1/route/explain}: which worker a chat or completion request would go to now, and why. The body is
 * that request's own; nothing is sent to a worker or booked on one.
 */
public final class RouteService {
    /** As many as anybody reads; a fleet may have thousands. */
    private static final int MOST_CANDIDATES = 256;

    private final ModelRegistry models;
    private final Lanes lanes;
    private final Preprocessor preprocessor;

    public RouteService(ModelRegistry models, FrontendMetrics metrics, Lanes lanes, MediaRuns runs) {
        this.models = models;
        this.lanes = lanes;
        this.preprocessor = new Preprocessor(metrics, runs);
    }

    /** {@code POST /v1/route/explain}. */
    public void explain(Exchange exchange) {
        lanes.answer(exchange, () -> {
            RequestHeaders.check(exchange.head());
            RequestBody body = exchange.body();
            byte[] bytes = body.bytes();
            KeyTerms terms = exchange.visit().terms();
            return explain(terms, exchange.head(), prepare(terms, bytes, Math.min(bytes.length, body.count())));
        });
    }

    private Prepared prepare(KeyTerms terms, byte[] body, int count) {
        if (JsonInput.readObject(body, count, RouteService::hasMessages)) {
            ChatRequest chat = ChatRequest.parse(body, count);
            ServedModel model = models.require(chat.options().model(), terms);
            return preprocessor.chat(chat, model, MediaGate.inline(chat.media(), model));
        }
        CompletionRequest completion = CompletionRequest.parse(body, count);
        return preprocessor.completion(
                completion, models.require(completion.options().model(), terms));
    }

    private static boolean hasMessages(JsonInput in) {
        boolean found = false;
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            found |= name.equals("messages");
            in.skip();
        }
        return found;
    }

    private static Answer explain(KeyTerms terms, RequestHead head, Prepared prepared) {
        GenerationOptions options = prepared.options();
        CacheScope scope = KeyedScope.of(terms, head, prepared);
        boolean echoesLogprobs = prepared.prompts().stream().anyMatch(Prepared.Prompt::echoesLogprobs);
        CapabilityCheck.check(prepared, echoesLogprobs, scope.salt());
        JsonWriter out = new JsonWriter(1_024);
        out.beginObject().name("object").value("route.explanation");
        out.name("model").value(prepared.model().name());
        out.name("prompts").beginArray();
        for (Prepared.Prompt prompt : prepared.prompts()) {
            var asked = new Router.Request(
                            prompt.routed().within(scope),
                            scope,
                            options.choices(),
                            prompt.maxTokens(),
                            terms.priority(RequestHeaders.priority(head, options)))
                    .withWishes(RequestHeaders.wishes(head, options));
            out.beginObject().name("prompt_tokens").value((long) prompt.tokens().count());
            out.name("block_size").value((long) prepared.model().card().blockTokens());
            out.name("route");
            RouteJson.write(out, prepared.model().router().explain(asked), MOST_CANDIDATES);
            out.endObject();
        }
        return Answer.json(200, out.endArray().endObject().toArray());
    }
}
