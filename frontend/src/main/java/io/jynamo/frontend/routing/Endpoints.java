package io.jynamo.frontend.routing;

import org.jspecify.annotations.Nullable;

/** What may stand as the address of a publisher. */
final class Endpoints {
    private static final int LONGEST = 1_024;

    private Endpoints() {}

    /** What is wrong with an endpoint, or null. */
    static @Nullable String fault(String endpoint) {
        String named =
                "invalid ZMQ endpoint `" + (endpoint.length() > 80 ? endpoint.substring(0, 80) : endpoint) + "`: ";
        int scheme = endpoint.indexOf("://");
        if (scheme < 0) {
            return named + "missing scheme";
        }
        String kind = endpoint.substring(0, scheme);
        String rest = endpoint.substring(scheme + 3);
        return switch (kind) {
            case "ipc" -> rest.isEmpty() || endpoint.length() > LONGEST ? named + "no path" : null;
            case "tcp" -> portFault(named, rest);
            default -> named + "unsupported scheme " + kind;
        };
    }

    private static @Nullable String portFault(String named, String rest) {
        int colon = rest.lastIndexOf(':');
        if (colon < 1 || rest.length() > LONGEST) {
            return named + "it must be tcp://HOST:PORT";
        }
        try {
            int port = Integer.parseInt(rest.substring(colon + 1));
            return port < 1 || port > 65_535 ? named + "the port must be from 1 to 65535" : null;
        } catch (NumberFormatException noNumber) {
            return named + "it must be tcp://HOST:PORT";
        }
    }
}
