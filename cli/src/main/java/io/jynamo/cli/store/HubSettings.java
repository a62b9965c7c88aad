package io.jynamo.cli.store;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoint to ask, as whom, and how patiently.
 *
 * @param endpoint without a trailing slash
 * @param token sent as a bearer token to the endpoint's host, or null
 * @param stall how long a connection may stay silent
 */
record HubSettings(URI endpoint, @Nullable String token, Duration stall, Retries retries, Proxies proxies) {
    private static final String DEFAULT_ENDPOINT = "https://huggingface.co";
    private static final Duration STALL = Duration.ofSeconds(60);

    /** From HF_ENDPOINT, HF_TOKEN and the variables of {@link Proxies}. */
    static HubSettings of(Map<String, String> environment) {
        String endpoint = environment.getOrDefault("HF_ENDPOINT", "").strip();
        String token = environment.getOrDefault("HF_TOKEN", "").strip();
        URI uri = parse(endpoint.isEmpty() ? DEFAULT_ENDPOINT : endpoint);
        return new HubSettings(uri, token.isEmpty() ? null : token, STALL, Retries.USUAL, Proxies.of(environment));
    }

    private static URI parse(String endpoint) {
        try {
            URI uri = URI.create(endpoint.replaceAll("/+$", ""));
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Falls through: the message is the same.
        }
        throw new JynamoException(
                ErrorCode.INVALID_CONFIGURATION, "HF_ENDPOINT is not an http or https address: '" + endpoint + "'");
    }

    @Override
    public String toString() {
        return "HubSettings[" + endpoint + ", token " + (token == null ? "none" : "given") + "]";
    }
}
