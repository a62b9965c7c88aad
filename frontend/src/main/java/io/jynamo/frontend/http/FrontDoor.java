package io.jynamo.frontend.http;

import io.jynamo.protocol.ErrorCode;
import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/** Lets requests in: path, method, key, draining and content type, in this order, each from the head alone. */
public final class FrontDoor implements Dispatcher {
    private final Routes routes;
    private final ApiKeys keys;
    private final BooleanSupplier draining;
    private final Supplier<Duration> untilStopped;
    private final Function<RequestHead, ErrorForm> errors;

    /**
     * @param untilStopped asked while {@code draining}: when it will have stopped
     * @param errors how whoever sent a request is told that it failed
     */
    public FrontDoor(
            Routes routes,
            ApiKeys keys,
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
            return refuse(head, ErrorCode.ROUTE_NOT_FOUND, "Route not found: " + head.method() + " " + head.path());
        }
        Routes.Route route = Routes.pick(lines, head.method());
        if (route == null) {
            String allow = Routes.allow(lines);
            return new Verdict.Refuse(errors(head)
                    .answer(
                            ErrorCode.METHOD_NOT_ALLOWED,
                            head.path() + " does not take " + head.method() + "; it takes " + allow + ".")
                    .with("allow", allow));
        }
        if (!route.open() && !keys.admits(head)) {
            return refuse(
                    head,
                    ErrorCode.AUTHENTICATION_REQUIRED,
                    "Send one of the server's API keys as `Authorization: Bearer KEY` or `x-api-key: KEY`.");
        }
        if (route.isRefused(head) && draining.getAsBoolean()) {
            return new Verdict.Refuse(errors(head)
                    .answer(
                            ErrorCode.NOT_READY,
                            "The server is stopping; send the request to another one.",
                            null,
                            untilStopped.get()));
        }
        if (route.readsBody() && !isJson(head.header("content-type"))) {
            return refuse(
                    head, ErrorCode.UNSUPPORTED_MEDIA_TYPE, "Expected request with Content-Type application/json.");
        }
        return new Verdict.Take(route.endpoint(), route.readsBody());
    }

    @Override
    public boolean keepsConnections() {
        return !draining.getAsBoolean();
    }

    @Override
    public ErrorForm errors(RequestHead head) {
        return errors.apply(head);
    }

    private Verdict refuse(RequestHead head, ErrorCode code, String message) {
        return new Verdict.Refuse(errors(head).answer(code, message));
    }

    private static boolean isJson(@org.jspecify.annotations.Nullable String type) {
        if (type == null) {
            return false;
        }
        int end = type.indexOf(';');
        String bare = (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(java.util.Locale.ROOT);
        return bare.equals("application/json") || (bare.startsWith("application/") && bare.endsWith("+json"));
    }
}
