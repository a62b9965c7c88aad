package io.jynamo.frontend.batch;

import io.jynamo.frontend.ModelRegistry;
import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.Endpoint;
import io.jynamo.frontend.http.HttpServer;
import io.jynamo.frontend.http.LocalExchange;
import io.jynamo.frontend.http.RequestHead;
import io.jynamo.frontend.keys.Guest;
import io.jynamo.frontend.keys.KeyRing;
import io.jynamo.frontend.keys.KeyVisit;
import io.jynamo.frontend.keys.Visit;
import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Runs lines as requests of the server's own: what answers the same request over HTTP answers them, within the limits of
 * their owner's key, behind all who wait for an answer.
 */
public final class OwnRequests implements LineCaller {
    private static final System.Logger LOG = System.getLogger(OwnRequests.class.getName());
    /** Below what anybody asks for; only engines that know priorities are told. */
    private static final String LAST = "-1000";

    private final HttpServer server;
    private final KeyRing keys;
    private final ModelRegistry models;
    private final Map<String, Endpoint> endpoints;

    /** @param endpoints who answers, by path */
    public OwnRequests(HttpServer server, KeyRing keys, ModelRegistry models, Map<String, Endpoint> endpoints) {
        this.server = server;
        this.keys = keys;
        this.models = models;
        this.endpoints = Map.copyOf(endpoints);
    }

    @Override
    public Call call(Batch batch, BatchLine line, Consumer<LineAnswer> to) {
        BodyGlance glance = BodyGlance.of(line.body());
        RequestHead head = RequestHead.local(batch.endpoint(), headers(batch, glance));
        try {
            if (glance.streams()) {
                throw new JynamoException(
                        ErrorCode.UNSUPPORTED_PARAMETER, "`stream` is not supported in a batch: answers are whole.");
            }
            Endpoint endpoint = endpoints.get(batch.endpoint());
            if (endpoint == null) {
                throw new JynamoException(ErrorCode.ROUTE_NOT_FOUND, "No such endpoint: " + batch.endpoint());
            }
            Visit visit = visit(batch);
            return begin(head, line, visit, endpoint, to);
        } catch (RuntimeException refused) {
            if (ErrorBody.code(refused) == ErrorCode.INTERNAL) {
                LOG.log(System.Logger.Level.ERROR, "a line of a batch failed", refused);
            }
            to.accept(LineAnswer.of(ErrorBody.answer(refused), head.id()));
            return () -> {};
        }
    }

    private Call begin(RequestHead head, BatchLine line, Visit visit, Endpoint endpoint, Consumer<LineAnswer> to) {
        Consumer<Answer> answered = answer -> to.accept(LineAnswer.of(answer, head.id()));
        try {
            LocalExchange exchange = server.begin(head, line.body(), visit, endpoint, answered);
            return exchange::cancel;
        } catch (RuntimeException refused) {
            visit.onFailure(ErrorBody.code(refused));
            visit.onOver();
            throw refused;
        }
    }

    private Visit visit(Batch batch) {
        if (keys.isIdle() && batch.owner().key().isEmpty()) {
            return Visit.NONE;
        }
        KeyVisit visit = keys.visitOf(batch.owner(), new Guest("POST", batch.endpoint(), List.of(), batch.id()));
        String gone = visit.refusal();
        JynamoException refusal =
                gone == null ? visit.tryEnterBehind() : new JynamoException(ErrorCode.AUTHENTICATION_REQUIRED, gone);
        if (refusal != null) {
            throw refusal; // nothing is written down of it, for it comes again
        }
        return visit;
    }

    private Map<String, String> headers(Batch batch, BodyGlance glance) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("x-jynamo-preemptible", "true");
        headers.put("x-dynamo-request-strict-priority", "0");
        if (!batch.owner().tenant().isEmpty()) {
            headers.put("x-tenant-id", batch.owner().tenant());
        }
        boolean knowsPriority = models.stages().get(glance.model()) instanceof ModelRegistry.Stage.Ready ready
                && ready.model().card().can(Capability.PRIORITY);
        headers.put("x-dynamo-request-priority", knowsPriority ? LAST : "0");
        return headers;
    }
}
