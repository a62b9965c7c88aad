package io.jynamo.frontend.keys;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A request as its head says.
 *
 * @param shown keys that it shows, of which one is enough
 * @param clientId the id that its client gave it, or null
 */
public record Guest(
        String method,
        String path,
        List<String> shown,
        @Nullable String clientId) {
    private static final String SCHEME = "bearer ";

    public Guest {
        shown = List.copyOf(shown);
    }

    /**
     * Made of the values of its headers, null for those that are not there.
     *
     * @param authorization a key as OpenAI's clients send it
     * @param apiKey a key as Anthropic's clients send it
     */
    public static Guest of(
            String method,
            String path,
            @Nullable String authorization,
            @Nullable String apiKey,
            @Nullable String clientId) {
        Stream<String> bearer =
                authorization != null && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                        ? Stream.of(authorization.substring(SCHEME.length()).strip())
                        : Stream.of();
        Stream<String> plain = apiKey == null ? Stream.of() : Stream.of(apiKey.strip());
        return new Guest(method, path, Stream.concat(bearer, plain).toList(), clientId);
    }

    @Override
    public String toString() { // without the keys
        return method + " " + path;
    }
}
