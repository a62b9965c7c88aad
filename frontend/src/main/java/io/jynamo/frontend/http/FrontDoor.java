package io.jynamo.frontend.http;

import io.jynamo.frontend.keys.Guest;
import io.jynamo.frontend.keys.KeyRing;
import io.jynamo.frontend.keys.KeyVisit;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests in: path, method, key, draining, content type and the key's limits, in this order, each from the head alone.
 */
public final class FrontDoor implements Dispatcher {
    private final Routes routes;
    private final KeyRing keys;
    private final BooleanSupplier draining;
    private final Supplier<Duration> untilStopped;
    private final Function<RequestHead, ErrorForm> errors;

    /**
     * @param untilStopped asked while {@code draining}: when it will have stopped
     * @param errors how whoever sent a request is told that it failed
     */
    public FrontDoor(
            Routes routes,
            KeyRing keys,
            BooleanSupplier draining,
            Supplier<Duration> untilStopped,
            Function<RequestHead, ErrorForm> errors) {
        this.errors = errors;
        this.routes = routes;
        this.keys = keys;
        this.draining = draining;
        this.untilStopped = untilStopped;
    }

    @Override
    public Verdict accept(RequestHead head) {
        List<Routes.Route> lines = routes.at(head.path());
        if (head.method().equals(HttpMethod.OPTIONS)
                && (!lines.isEmpty() || head.path().equals("*"))) {
            String allow = lines.isEmpty() ? "GET, HEAD, POST, OPTIONS" : Routes.allow(lines);
            return new Verdict.Refuse(Answer.json(204, new byte[0]).with("allow", allow));
        }
        if (lines.isEmpty()) {
            return nowhere(
                    head,
                    ErrorCode.ROUTE_NOT_FOUND,
                    errors(head)
                            .answer(
                                    ErrorCode.ROUTE_NOT_FOUND,
                                    "Route not found: " + head.method() + " " + head.path()));
        }
        Routes.Route route = Routes.pick(lines, head.method());
        if (route == null) {
            String allow = Routes.allow(lines);
            return nowhere(
                    head,
                    ErrorCode.METHOD_NOT_ALLOWED,
                    errors(head)
                            .answer(
                                    ErrorCode.METHOD_NOT_ALLOWED,
                                    head.path() + " does not take " + head.method() + "; it takes " + allow + ".")
                            .with("allow", allow));
        }
        JynamoException refusal = refusal(route, head);
        if (route.open() || keys.isIdle()) {
            return refusal == null
                    ? new Verdict.Take(route.endpoint(), route.readsBody())
                    : new Verdict.Refuse(errors(head).answer(refusal));
        }
        KeyVisit visit = keys.visit(guest(head));
        String wrongKey = visit.refusal();
        if (wrongKey != null) {
            refusal = new JynamoException(ErrorCode.AUTHENTICATION_REQUIRED, wrongKey);
        } else if (refusal == null && route.isWork(head)) {
            refusal = visit.tryEnter();
        }
        if (refusal == null) {
            return new Verdict.Take(route.endpoint(), route.readsBody(), visit);
        }
        visit.onFailure(refusal.code());
        return new Verdict.Refuse(errors(head).answer(refusal), visit);
    }

    /** What keeps a request out whoever sends it, or null. */
    private @Nullable JynamoException refusal(Routes.Route route, RequestHead head) {
        if (route.isWork(head) && draining.getAsBoolean()) {
            return JynamoException.retryable(
                    ErrorCode.NOT_READY,
                    "The server is stopping; send the request to another one.",
                    untilStopped.get());
        }
        if (route.endpoint() instanceof UploadEndpoint) {
            return isForm(head.header("content-type"))
                    ? null
                    : new JynamoException(
                            ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                            "Expected request with Content-Type multipart/form-data.");
        }
        if (route.readsBody() && !isEmpty(head) && !isJson(head.header("content-type"))) {
            return new JynamoException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE, "Expected request with Content-Type application/json.");
        }
        return null;
    }

    @Override
    public boolean keepsConnections() {
        return !draining.getAsBoolean();
    }

    @Override
    public ErrorForm errors(RequestHead head) {
        return errors.apply(head);
    }

    private static Guest guest(RequestHead head) {
        return Guest.of(
                head.method().name(),
                head.path(),
                head.header("authorization"),
                head.header("x-api-key"),
                head.header("x-request-id"));
    }

    /** There is nothing where it was sent; of those who have a key it is written down. */
    private Verdict nowhere(RequestHead head, ErrorCode code, Answer answer) {
        KeyVisit visit = keys.isIdle() ? null : keys.visitKnown(guest(head));
        if (visit == null) {
            return new Verdict.Refuse(answer);
        }
        visit.onFailure(code);
        return new Verdict.Refuse(answer, visit);
    }

    /** Whether there is no body, nor a type of one: some of what is posted needs none. */
    private static boolean isEmpty(RequestHead head) {
        return head.header("content-type") == null && head.contentLength() <= 0 && !head.isChunked();
    }

    private static boolean isForm(@Nullable String type) {
        return type != null && bare(type).equals("multipart/form-data");
    }

    /** A media type without its parameters. */
    private static String bare(String type) {
        int end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(java.util.Locale.ROOT);
    }

    private static boolean isJson(@Nullable String type) {
        if (type == null) {
            return false;
        }
        String bare = bare(type);
        return bare.equals("application/json") || (bare.startsWith("application/") && bare.endsWith("+json"));
    }
}
