package io.jynamo.engine.process;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a vLLM is told to keep KV in LMCache: environment and {@code --kv-transfer-config}. Pure.
 *
 * @param environment to add to the engine's
 * @param transferConfig value of {@code --kv-transfer-config}, as JSON
 */
public record LmcacheSettings(Map<String, String> environment, String transferConfig) {
    private static final String CPU_SIZE = "LMCACHE_MAX_LOCAL_CPU_SIZE";
    private static final String CONFIG_FILE = "LMCACHE_CONFIG_FILE";
    private static final int DEFAULT_PORT = 5555;

    /** Versions that were run together, and what was seen. */
    public static final List<Pair> MEASURED = List.of(
            new Pair(
                    "0.32.0",
                    "0.5.6",
                    "LMCacheMPConnector",
                    "CPU: works between two engines over one lmcache server, 96 of 100 tokens reused; "
                            + "needs opentelemetry-exporter-prometheus 0.66b2; the server's transfer mode must stay fixed"),
            new Pair(
                    "0.32.0",
                    "0.5.6",
                    "LMCacheConnectorV1",
                    "CPU: the engine serves without cache ('No supported cpu connector found'); GPU: not measured"));

    public LmcacheSettings {
        environment = Map.copyOf(environment);
    }

    /** One vLLM and one LMCache with a connector. */
    public record Pair(String vllm, String lmcache, String connector, String seen) {}

    /**
     * What the user asked for.
     *
     * @param maxLocalCpuGigabytes {@code --lmcache-max-local-cpu-gb}, or null where it was not given
     * @param server address of an {@code lmcache server} ({@code tcp://host:port}), or null for LMCache inside the engine
     */
    public record Flags(
            @Nullable Integer maxLocalCpuGigabytes,
            @Nullable URI server) {}

    /**
     * The settings by flags and by what the user's environment says already, which is left as it is unless a flag says
     * otherwise.
     *
     * @param user the environment the engine will have
     * @throws JynamoException where they contradict each other
     */
    public static LmcacheSettings of(Flags flags, Map<String, String> user) {
        Map<String, String> added = new LinkedHashMap<>();
        if (!user.containsKey("LMCACHE_TRACK_USAGE")) {
            added.put("LMCACHE_TRACK_USAGE", "false");
        }
        Integer size = flags.maxLocalCpuGigabytes;
        if (flags.server != null) {
            if (size != null) {
                throw invalid("--lmcache-max-local-cpu-gb is for LMCache inside the engine; of the server at "
                        + flags.server + " it is --l1-size-gb of lmcache server");
            }
            return new LmcacheSettings(added, serverConfig(flags.server));
        }
        if (size != null) {
            if (size < 1) {
                throw invalid("--lmcache-max-local-cpu-gb must be at least 1: " + size);
            }
            if (user.containsKey(CONFIG_FILE)) {
                throw invalid(
                        "--lmcache-max-local-cpu-gb and " + CONFIG_FILE + "=" + user.get(CONFIG_FILE)
                                + " both say how large the cache is: put max_local_cpu_size into the file, or unset the variable");
            }
            added.put(CPU_SIZE, String.valueOf(size));
            added.put("LMCACHE_LOCAL_CPU", "True");
        }
        return new LmcacheSettings(added, "{\"kv_connector\":\"LMCacheConnectorV1\",\"kv_role\":\"kv_both\"}");
    }

    private static String serverConfig(URI server) {
        String host = server.getHost();
        if (host == null || !"tcp".equals(server.getScheme())) {
            throw invalid("the lmcache server's address is like tcp://127.0.0.1:" + DEFAULT_PORT + ", not " + server);
        }
        int port = server.getPort() < 0 ? DEFAULT_PORT : server.getPort();
        return "{\"kv_connector\":\"LMCacheMPConnector\",\"kv_role\":\"kv_both\",\"kv_connector_extra_config\":"
                + "{\"lmcache.mp.host\":\"tcp://" + host + "\",\"lmcache.mp.port\":" + port + "}}";
    }

    private static JynamoException invalid(String message) {
        return new JynamoException(ErrorCode.INVALID_CONFIGURATION, message);
    }
}
