package io.jynamo.frontend;

import io.jynamo.frontend.anthropic.ErrorEnvelope;
import io.jynamo.frontend.anthropic.ModelPage;
import io.jynamo.frontend.embed.EmbeddingService;
import io.jynamo.frontend.fleet.FleetService;
import io.jynamo.frontend.generate.GenerationService;
import io.jynamo.frontend.generate.MessagesService;
import io.jynamo.frontend.generate.ResponsesService;
import io.jynamo.frontend.generate.RouteService;
import io.jynamo.frontend.generate.TextService;
import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.Endpoint;
import io.jynamo.frontend.http.ErrorForm;
import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.http.RequestHead;
import io.jynamo.frontend.http.Routes;
import io.jynamo.frontend.http.SiteGuard;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.keys.Visit;
import io.jynamo.frontend.metrics.FrontendMetrics;
import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.frontend.openapi.OpenApi;
import io.jynamo.frontend.resume.ResumableStreams;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.Modality;
import io.netty.handler.codec.http.HttpMethod;
import java.util.List;
import java.util.concurrent.Executor;

/** Every path the frontend answers. */
final class Surface {
    private static final System.Logger LOG = System.getLogger(Surface.class.getName());
    private static final String MODELS = "/v1/models";
    private static final String MESSAGES = "/v1/messages";

    private Surface() {}

    /** @param localOnly the server listens on loopback, where metrics need no key */
    static Routes routes(
            ModelRegistry models,
            Readiness readiness,
            GenerationService generation,
            MessagesService messages,
            ResponsesService responses,
            ResumableStreams streams,
            TextService text,
            RouteService route,
            EmbeddingService embedding,
            FrontendMetrics metrics,
            Executor compute,
            boolean localOnly) {
        Routes routes = new Routes();
        post(routes, "/v1/chat/completions", generation::chat, Routes.Stopping.RESUMED);
        post(routes, "/v1/completions", generation::completion, Routes.Stopping.RESUMED);
        post(routes, "/v1/embeddings", embedding::embeddings, Routes.Stopping.REFUSED);
        for (String path : new String[] {"/v1/rerank", "/v2/rerank", "/rerank"}) {
            post(routes, path, embedding::rerank, Routes.Stopping.REFUSED);
        }
        for (String path : new String[] {"/v1/score", "/score"}) {
            post(routes, path, embedding::score, Routes.Stopping.REFUSED);
        }
        post(routes, MESSAGES, messages::create, Routes.Stopping.RESUMED);
        post(routes, MESSAGES + "/count_tokens", messages::count, Routes.Stopping.REFUSED);
        addResponses(routes, responses);
        post(routes, "/tokenize", text::tokenize, Routes.Stopping.REFUSED);
        post(routes, "/detokenize", text::detokenize, Routes.Stopping.REFUSED);
        post(routes, "/v1/route/explain", route::explain, Routes.Stopping.REFUSED);
        get(routes, ResumableStreams.PATH + "*", false, streams::resume);
        routes.add(new Routes.Route(
                HttpMethod.DELETE, ResumableStreams.PATH + "*", streams::cancel, false, Routes.Stopping.ANSWERED));
        get(routes, MODELS, false, exchange -> exchange.respond(modelList(models, exchange)));
        get(routes, MODELS + "/*", false, exchange -> exchange.respond(model(models, exchange)));
        get(routes, "/openapi.json", false, exchange -> exchange.respond(Answer.json(200, OpenApi.document())));
        get(
                routes,
                "/metrics",
                localOnly,
                forAdmins(exchange -> compute.execute(() -> answerMetrics(exchange, metrics, models))));
        get(routes, "/health", true, exchange -> exchange.respond(health(readiness, models)));
        get(routes, "/live", true, exchange -> exchange.respond(live()));
        return routes;
    }

    private static void addResponses(Routes routes, ResponsesService responses) {
        post(routes, ResponsesService.PATH, responses::create, Routes.Stopping.RESUMED);
        String one = ResponsesService.PATH + "/*";
        get(routes, one, false, responses::read);
        post(routes, one, responses::act, Routes.Stopping.ANSWERED);
        routes.add(new Routes.Route(HttpMethod.DELETE, one, responses::delete, false, Routes.Stopping.ANSWERED));
    }

    /** How whoever sent a request is told that it failed. */
    static ErrorForm errors(RequestHead head) {
        return asksAnthropic(head) ? new ErrorEnvelope(ErrorEnvelope.requestId(head)) : ErrorBody.FORM;
    }

    /** Whether whoever sent a request expects Anthropic's shapes: by its path, or where all ask by what Anthropic's clients send. */
    private static boolean asksAnthropic(RequestHead head) {
        return isBelow(head.path(), MESSAGES)
                || (isBelow(head.path(), MODELS) && head.header("anthropic-version") != null);
    }

    private static boolean isBelow(String path, String root) {
        return path.startsWith(root) && (path.length() == root.length() || path.charAt(root.length()) == '/');
    }

    /** The paths below {@code /v1/fleet}. */
    static void addFleet(Routes routes, FleetService fleet, SiteGuard guard) {
        get(routes, FleetService.PATH, false, forAdmins(guard.reading(fleet::snapshot)));
        get(routes, FleetService.PATH + "/events", false, forAdmins(guard.reading(fleet::events)));
        routes.add(new Routes.Route(
                HttpMethod.POST,
                FleetService.PATH + "/workers/*",
                forAdmins(guard.changing(fleet::act)),
                false,
                Routes.Stopping.ANSWERED));
    }

    private static void post(Routes routes, String path, Endpoint endpoint, Routes.Stopping stopping) {
        routes.add(new Routes.Route(HttpMethod.POST, path, endpoint, false, stopping));
    }

    private static void get(Routes routes, String path, boolean open, Endpoint endpoint) {
        routes.add(new Routes.Route(HttpMethod.GET, path, endpoint, open, Routes.Stopping.ANSWERED));
    }

    /** The endpoint behind a look at the key: what all clients do is not for each of them to see. */
    private static Endpoint forAdmins(Endpoint endpoint) {
        return exchange -> {
            Visit visit = exchange.visit();
            if (visit.terms().admin()) {
                endpoint.handle(exchange);
            } else {
                visit.onFailure(ErrorCode.FORBIDDEN);
                exchange.respond(ErrorBody.answer(
                        ErrorCode.FORBIDDEN,
                        "The API key `" + visit.terms().name() + "` is no admin's, and this is for admins.",
                        null));
            }
        };
    }

    static Answer health(Readiness readiness, ModelRegistry models) {
        String stage = readiness.stage();
        boolean ready = stage.equals("ready");
        JsonWriter out = new JsonWriter(256);
        out.beginObject().name("status").value(ready ? "healthy" : "not_ready");
        out.name("stage").value(stage).name("models").beginObject();
        models.stages()
                .forEach((name, at) -> out.name(name)
                        .value(
                                switch (at) {
                                    case ModelRegistry.Stage.Loading ignored -> "loading";
                                    case ModelRegistry.Stage.Ready ignored -> "ready";
                                    case ModelRegistry.Stage.Draining ignored -> "draining";
                                }));
        out.endObject().endObject();
        Answer answer = Answer.json(ready ? 200 : 503, out.toArray());
        return ready ? answer : answer.with("retry-after", "2");
    }

    private static Answer live() {
        JsonWriter out = new JsonWriter(64);
        out.beginObject().name("status").value("live").name("message").value("Service is live");
        return Answer.json(200, out.endObject().toArray());
    }

    /** Whatever a figure's owner throws, its reader is not left without an answer. */
    private static void answerMetrics(Exchange exchange, FrontendMetrics metrics, ModelRegistry models) {
        Answer answer;
        try {
            answer = metricsPage(metrics, models);
        } catch (RuntimeException failed) {
            LOG.log(System.Logger.Level.ERROR, "the metrics could not be read", failed);
            answer = exchange.errors().answer(failed);
        }
        exchange.respond(answer);
    }

    static Answer metricsPage(FrontendMetrics metrics, ModelRegistry models) {
        models.ready().forEach(model -> metrics.onModel(model.card(), model.name()));
        return new Answer(200, FrontendMetrics.contentType(), List.of(), metrics.page());
    }

    private static Answer modelList(ModelRegistry models, Exchange exchange) {
        RequestHead head = exchange.head();
        if (asksAnthropic(head)) {
            return anthropicModels(models, exchange);
        }
        JsonWriter out = new JsonWriter(256);
        out.beginObject().name("object").value("list").name("data").beginArray();
        models.ready(exchange.visit().terms()).forEach(model -> describe(out, model));
        return Answer.json(200, out.endArray().endObject().toArray());
    }

    private static Answer anthropicModels(ModelRegistry models, Exchange exchange) {
        RequestHead head = exchange.head();
        try {
            ModelPage page = ModelPage.of(
                    models.ready(exchange.visit().terms()).stream()
                            .map(Surface::entry)
                            .toList(),
                    head.query("limit"),
                    head.query("after_id"),
                    head.query("before_id"));
            return Answer.json(200, page.write()).with(ErrorEnvelope.HEADER, ErrorEnvelope.requestId(head));
        } catch (Refusal refused) {
            return exchange.errors().answer(refused);
        } catch (IllegalArgumentException broken) {
            return exchange.errors().answer(ErrorCode.INVALID_REQUEST, "The query is broken: " + broken.getMessage());
        }
    }

    private static ModelPage.Entry entry(ServedModel model) {
        return new ModelPage.Entry(
                model.name(), model.createdSeconds(), model.card().maxModelLen());
    }

    private static Answer model(ModelRegistry models, Exchange exchange) {
        try {
            JsonWriter out = new JsonWriter(256);
            String name = exchange.head().path().substring(MODELS.length() + 1);
            ServedModel model = models.require(name, exchange.visit().terms());
            if (asksAnthropic(exchange.head())) {
                entry(model).write(out);
                return Answer.json(200, out.toArray())
                        .with(ErrorEnvelope.HEADER, ErrorEnvelope.requestId(exchange.head()));
            }
            describe(out, model);
            return Answer.json(200, out.toArray());
        } catch (JynamoException unknown) {
            exchange.visit().onFailure(unknown.code());
            return exchange.errors().answer(unknown.code(), ErrorBody.message(unknown), "model", unknown.retryAfter());
        }
    }

    private static void describe(JsonWriter out, ServedModel model) {
        out.beginObject().name("id").value(model.name());
        out.name("object").value("model");
        out.name("created").value(model.createdSeconds());
        out.name("owned_by").value("jynamo");
        out.name("root").value(model.name());
        if (model.adapter() != null) {
            out.name("parent").value(model.base());
        }
        out.name("max_model_len").value((long) model.card().maxModelLen());
        out.name("context_window").value((long) model.card().maxModelLen());
        out.name("modalities").beginArray();
        for (Modality modality : Modality.values()) {
            if (model.card().reads(modality)) {
                out.value(modality.id());
            }
        }
        out.endArray().endObject();
    }
}
