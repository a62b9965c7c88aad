package io.jynamo.engine.vllm;

import io.jynamo.engine.attached.AttachOptions;
import io.jynamo.engine.attached.EngineHttp;
import io.jynamo.engine.attached.Json;
import io.jynamo.protocol.JynamoException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Where a vLLM publishes the KV events of its first rank, as it says itself; each further rank is a port higher.
 *
 * @param endpoint to hear
 * @param replay where it says missed ones again, or null
 */
public record VllmEventSources(String endpoint, @Nullable String replay) {
    /**
     * Asks the server, whose versions before 0.32 do not say it. Empty too where it publishes none, or none that can be
     * reached from here.
     */
    public static Optional<VllmEventSources> of(AttachOptions options) {
        try (EngineHttp http = new EngineHttp(options)) {
            EngineHttp.Page page = http.get("/kv_event_sources", options.probeLimit());
            JsonNode root = page.ok() ? Json.tryTree(page.text()) : null;
            return root == null
                    ? Optional.empty()
                    : read(root.path("0"), String.valueOf(options.url().getHost()));
        } catch (JynamoException silent) {
            return Optional.empty();
        }
    }

    /** @param host the server's, for what it publishes on every address it has */
    static Optional<VllmEventSources> read(JsonNode source, String host) {
        String endpoint = reachable(Json.findText(source, "endpoint"), host);
        if (endpoint == null || !source.path("enable_kv_cache_events").asBoolean(false)) {
            return Optional.empty();
        }
        return Optional.of(new VllmEventSources(endpoint, reachable(Json.findText(source, "replay_endpoint"), host)));
    }

    private static @Nullable String reachable(@Nullable String endpoint, String host) {
        if (endpoint == null || !endpoint.startsWith("tcp://")) {
            return null; // inproc and ipc end at its own machine
        }
        String address = endpoint.substring("tcp://".length());
        int colon = address.lastIndexOf(':');
        if (colon < 0 || address.endsWith(":0")) {
            return null;
        }
        String bound = address.substring(0, colon);
        boolean everywhere = bound.equals("*") || bound.equals("0.0.0.0") || bound.equals("[::]");
        boolean itself = bound.equals("127.0.0.1") || bound.equals("localhost");
        boolean here = host.equals("127.0.0.1") || host.equals("localhost");
        return everywhere ? "tcp://" + host + address.substring(colon) : itself && !here ? null : endpoint;
    }
}
