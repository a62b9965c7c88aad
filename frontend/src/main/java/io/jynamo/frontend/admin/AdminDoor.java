package io.jynamo.frontend.admin;

import io.jynamo.frontend.http.Dispatcher;
import io.jynamo.frontend.http.ErrorForm;
import io.jynamo.frontend.http.RequestHead;
import io.jynamo.frontend.http.Routes;
import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.protocol.ErrorCode;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets in who runs on this machine and asks for it by name. A browser on it runs other people's pages: those are told by
 * the header Origin, and those whose name was made to point here by the header Host.
 */
final class AdminDoor implements Dispatcher {
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

    private final Routes routes;

    AdminDoor(Routes routes) {
        this.routes = routes;
    }

    @Override
    public Verdict accept(RequestHead head) {
        if (!isLoopback(head.header("host")) || head.header("origin") != null) {
            return refuse(
                    ErrorCode.AUTHENTICATION_REQUIRED,
                    "The admin port answers programs of this machine that ask for 127.0.0.1, and no web pages.");
        }
        List<Routes.Route> lines = routes.at(head.path());
        if (lines.isEmpty()) {
            return refuse(ErrorCode.ROUTE_NOT_FOUND, "The admin port has /health, /live, /metrics and /drain.");
        }
        Routes.Route route = lines.getFirst();
        if (!route.method().equals(head.method())) {
            return new Verdict.Refuse(ErrorBody.FORM
                    .answer(ErrorCode.METHOD_NOT_ALLOWED, head.path() + " takes " + route.method() + ".")
                    .with("allow", route.method().name()));
        }
        return new Verdict.Take(route.endpoint(), false);
    }

    private static boolean isLoopback(@Nullable String host) {
        if (host == null) {
            return false;
        }
        int port = host.lastIndexOf(':');
        String name = port > host.lastIndexOf(']') ? host.substring(0, port) : host;
        return LOOPBACK.contains(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public boolean keepsConnections() {
        return true;
    }

    @Override
    public ErrorForm errors(RequestHead head) {
        return ErrorBody.FORM;
    }

    private static Verdict refuse(ErrorCode code, String message) {
        return new Verdict.Refuse(ErrorBody.FORM.answer(code, message));
    }
}
