package io.jynamo.frontend.routing;

import io.jynamo.frontend.http.ApiKeys;
import io.jynamo.frontend.http.Dispatcher;
import io.jynamo.frontend.http.ErrorForm;
import io.jynamo.frontend.http.RequestHead;
import io.jynamo.frontend.http.Routes;
import io.jynamo.protocol.ErrorCode;
import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Lets requests in to the services: path, method, key and content type, in this order, each from the head alone. */
final class ServiceDoor implements Dispatcher {
    private static final Duration SOON = Duration.ofSeconds(2);
    /** Paths below which a body may be missing. */
    private static final String BODILESS = "/reservations/";

    private final Routes routes;
    private final ApiKeys keys;
    private final BooleanSupplier stopping;

    ServiceDoor(Routes routes, ApiKeys keys, BooleanSupplier stopping) {
        this.routes = routes;
        this.keys = keys;
        this.stopping = stopping;
    }

    @Override
    public Verdict accept(RequestHead head) {
        List<Routes.Route> lines = routes.at(head.path());
        if (lines.isEmpty()) {
            return refuse(ErrorCode.ROUTE_NOT_FOUND, "route not found: " + head.method() + " " + head.path());
        }
        Routes.Route route = Routes.pick(lines, head.method());
        if (route == null) {
            String allow = Routes.allow(lines);
            return new Verdict.Refuse(ServiceAnswer.error(
                            ErrorCode.METHOD_NOT_ALLOWED,
                            "method not allowed: " + head.path() + " takes " + allow,
                            null)
                    .with("allow", allow));
        }
        if (!route.open() && !keys.admits(head.header("authorization"))) {
            return refuse(
                    ErrorCode.AUTHENTICATION_REQUIRED,
                    "send one of the service's API keys as `Authorization: Bearer KEY`");
        }
        if (stopping.getAsBoolean()) {
            return new Verdict.Refuse(
                    ServiceAnswer.error(ErrorCode.NOT_READY, "the service is stopping; ask another one", SOON));
        }
        boolean readsBody =
                head.method().equals(HttpMethod.POST) || head.method().equals(HttpMethod.PATCH);
        if (readsBody && !isJson(head)) {
            return refuse(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "Expected request with `Content-Type: application/json`");
        }
        return new Verdict.Take(route.endpoint(), readsBody);
    }

    private static boolean isJson(RequestHead head) {
        @Nullable String type = head.header("content-type");
        if (type == null) {
            return head.path().contains(BODILESS);
        }
        int end = type.indexOf(';');
        String bare = (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
        return bare.equals("application/json") || (bare.startsWith("application/") && bare.endsWith("+json"));
    }

    @Override
    public boolean keepsConnections() {
        return !stopping.getAsBoolean();
    }

    @Override
    public ErrorForm errors(RequestHead head) {
        return (code, message, param, retryAfter) -> ServiceAnswer.error(code, message, retryAfter);
    }

    private static Verdict refuse(ErrorCode code, String message) {
        return new Verdict.Refuse(ServiceAnswer.error(code, message, null));
    }
}
