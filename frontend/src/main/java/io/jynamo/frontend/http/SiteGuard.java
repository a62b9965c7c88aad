package io.jynamo.frontend.http;

import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.protocol.ErrorCode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what a browser was made to send: by a page of another site, or by a name of somebody else's that was pointed
 * here (DNS rebinding). A key keeps both out by itself; a server without one is open to whoever reaches loopback, and a
 * browser there may be anybody's.
 */
public final class SiteGuard {
    private final boolean openToAll;

    /** @param openToAll the server asks for no key, and so listens on loopback only */
    public SiteGuard(boolean openToAll) {
        this.openToAll = openToAll;
    }

    /** The endpoint behind a look at the name it was asked by. */
    public Endpoint reading(Endpoint endpoint) {
        return exchange -> {
            String wrong = wrongHost(exchange.head());
            admit(wrong, exchange, endpoint);
        };
    }

    /** The endpoint behind a look at the name it was asked by, and at whose page asks. */
    public Endpoint changing(Endpoint endpoint) {
        return exchange -> {
            String wrong = wrongHost(exchange.head());
            admit(wrong == null ? otherSite(exchange.head()) : wrong, exchange, endpoint);
        };
    }

    private static void admit(@Nullable String wrong, Exchange exchange, Endpoint endpoint) {
        if (wrong == null) {
            endpoint.handle(exchange);
        } else {
            exchange.respond(ErrorBody.answer(ErrorCode.FORBIDDEN, wrong, null));
        }
    }

    /** What is wrong with the Host header, or null. */
    private @Nullable String wrongHost(RequestHead head) {
        String host = head.header("host");
        if (!openToAll || (host != null && isLoopback(host))) {
            return null;
        }
        return "A server without an API key shows this to loopback names only, not to `" + (host == null ? "" : host)
                + "`; ask for it as http://127.0.0.1:PORT or http://localhost:PORT.";
    }

    /** What says that another site's page sent it, or null. Programs that are no browser say nothing of the kind. */
    private static @Nullable String otherSite(RequestHead head) {
        String site = head.header("sec-fetch-site");
        String origin = head.header("origin");
        String host = head.header("host");
        boolean sameSite = site == null || site.equals("same-origin") || site.equals("none");
        boolean sameOrigin = origin == null || (host != null && origin.endsWith("://" + host));
        return sameSite && sameOrigin ? null : "Only this server's own page may ask for this.";
    }

    /** Whether a Host header, port or not, names loopback. */
    static boolean isLoopback(String host) {
        String name = withoutPort(host.strip().toLowerCase(Locale.ROOT));
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || name.equals("[::1]")
                || name.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }

    private static String withoutPort(String host) {
        int bracket = host.lastIndexOf(']');
        int colon = host.indexOf(':', Math.max(bracket, 0));
        return colon < 0 ? host : host.substring(0, colon);
    }
}
