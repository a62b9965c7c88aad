package io.jynamo.frontend.http;

import io.netty.handler.codec.http.HttpMethod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The table of paths and methods. A path that ends in {@code /*} takes everything below it. */
public final class Routes {
    /**
     * One line of the table.
     *
     * @param open answered without an API key
     * @param stopping what becomes of it while the server stops
     */
    public record Route(HttpMethod method, String path, Endpoint endpoint, boolean open, Stopping stopping) {
        boolean readsBody() {
            return method.equals(HttpMethod.POST);
        }

        /**
         * Whether such a request sets somebody to work: a stopping server refuses it, and the limits of keys count it. A
         * client that comes back for a stream begins none.
         */
        boolean isWork(RequestHead head) {
            return switch (stopping) {
                case ANSWERED -> false;
                case REFUSED -> true;
                case RESUMED -> head.lastEvent() == null;
            };
        }
    }

    /** What a stopping server does with requests. */
    public enum Stopping {
        ANSWERED,
        REFUSED,
        /** Refused, but for clients that come back for a stream of theirs: it is one of those waited for. */
        RESUMED
    }

    private final Map<String, List<Route>> exact = new LinkedHashMap<>();
    private final Map<String, List<Route>> below = new LinkedHashMap<>();

    /** Adds a line. */
    public Routes add(Route route) {
        boolean subtree = route.path().endsWith("/*");
        String key = subtree ? route.path().substring(0, route.path().length() - 1) : route.path();
        (subtree ? below : exact)
                .computeIfAbsent(key, path -> new ArrayList<>())
                .add(route);
        return this;
    }

    /** The lines of a path, whatever the method; empty when there is no such path. */
    public List<Route> at(String path) {
        List<Route> found = exact.get(path);
        if (found != null) {
            return found;
        }
        for (Map.Entry<String, List<Route>> entry : below.entrySet()) {
            if (path.startsWith(entry.getKey())
                    && path.length() > entry.getKey().length()) {
                return entry.getValue();
            }
        }
        return List.of();
    }

    /** The line for a method; HEAD is answered as GET. */
    public static @Nullable Route pick(List<Route> lines, HttpMethod method) {
        HttpMethod wanted = method.equals(HttpMethod.HEAD) ? HttpMethod.GET : method;
        for (Route route : lines) {
            if (route.method().equals(wanted)) {
                return route;
            }
        }
        return null;
    }

    /** Value of the header Allow for the lines of a path. */
    public static String allow(List<Route> lines) {
        List<String> methods = new ArrayList<>();
        for (Route route : lines) {
            methods.add(route.method().name());
            if (route.method().equals(HttpMethod.GET)) {
                methods.add("HEAD");
            }
        }
        methods.add("OPTIONS");
        return String.join(", ", methods);
    }
}
