package io.jynamo.cli.serve;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.log.LogFormat;
import io.jynamo.cli.log.LogLevel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Everything {@code serve} was told, checked. */
public record ServeOptions(
        ModelOptions model,
        EngineOptions engine,
        SimOptions sim,
        RouterMode routerMode,
        HttpOptions http,
        LogOptions log) {

    /**
     * Which model.
     *
     * @param model folder, file, alias or {@code hf:ORG/NAME}, as written; none for the simulated engine's own
     * @param servedNames names clients may use; empty for the model's own
     * @param maxModelLen tokens of prompt and output together
     */
    public record ModelOptions(Optional<String> model, List<String> servedNames, Optional<Integer> maxModelLen) {}

    /**
     * How it is computed.
     *
     * @param workers workers in this process
     * @param threads compute threads of all workers together
     * @param blockTokens tokens per KV block
     * @param kvCacheSize bytes of KV memory per worker; not given together with {@code kvBlocks}
     * @param kvBlocks KV blocks per worker
     * @param seed of requests that bring none
     */
    public record EngineOptions(
            EngineKind kind,
            int workers,
            Optional<Integer> threads,
            int blockTokens,
            Optional<Long> kvCacheSize,
            Optional<Integer> kvBlocks,
            Optional<Integer> maxSequences,
            Optional<Integer> maxBatchedTokens,
            boolean prefixCaching,
            Optional<Long> seed) {}

    /** How fast the simulated engine runs. */
    public record SimOptions(double speedup, double decodeSpeedup, Duration startupTime) {}

    /**
     * Where and how clients are met.
     *
     * @param bodyLimit bytes
     * @param receiveTimeout until a request must have arrived whole
     * @param requestTimeout until its response must be finished
     * @param keepAliveInterval silence before a comment is sent into a stream; zero for never
     */
    public record HttpOptions(
            String host,
            int port,
            List<String> apiKeys,
            Optional<Tls> tls,
            long bodyLimit,
            Duration receiveTimeout,
            Duration requestTimeout,
            Duration keepAliveInterval,
            Duration drainTimeout) {
        @Override
        public String toString() { // without the keys
            return "HttpOptions[host=" + host + ", port=" + port + ", apiKeys=" + apiKeys.size() + ", tls="
                    + tls.isPresent() + "]";
        }
    }

    /** PEM files of a certificate chain and its key. */
    public record Tls(Path certificate, Path key) {}

    /** How log records are written. */
    public record LogOptions(LogFormat format, LogLevel level) {}

    /** Reads the options; combinations that make no sense go to {@code problems}. */
    static ServeOptions of(Configuration configuration, Problems problems) {
        if (configuration.isGiven(ServeSettings.KV_CACHE_MEMORY) && configuration.isGiven(ServeSettings.KV_BLOCKS)) {
            problems.add("kv-cache-memory and kv-blocks both say how large the KV cache is: give one");
        }
        var engine = new EngineOptions(
                configuration.get(ServeSettings.ENGINE),
                configuration.get(ServeSettings.WORKERS),
                configuration.get(ServeSettings.THREADS),
                configuration.get(ServeSettings.BLOCK_SIZE),
                configuration.get(ServeSettings.KV_CACHE_MEMORY),
                configuration.get(ServeSettings.KV_BLOCKS),
                configuration.get(ServeSettings.MAX_NUM_SEQS),
                configuration.get(ServeSettings.MAX_NUM_BATCHED_TOKENS),
                configuration.get(ServeSettings.ENABLE_PREFIX_CACHING),
                configuration.get(ServeSettings.SEED));
        return new ServeOptions(
                new ModelOptions(
                        model(configuration),
                        configuration.get(ServeSettings.SERVED_MODEL_NAME),
                        configuration.get(ServeSettings.MAX_MODEL_LEN)),
                engine,
                new SimOptions(
                        configuration.get(ServeSettings.SPEEDUP_RATIO),
                        configuration.get(ServeSettings.DECODE_SPEEDUP_RATIO),
                        configuration.get(ServeSettings.STARTUP_TIME)),
                configuration.get(ServeSettings.ROUTER_MODE),
                http(configuration, problems),
                new LogOptions(
                        configuration.get(ServeSettings.LOG_FORMAT), configuration.get(ServeSettings.LOG_LEVEL)));
    }

    /** The default model is for the embedded engine; a simulated one needs none. */
    private static Optional<String> model(Configuration configuration) {
        boolean simulated = configuration.get(ServeSettings.ENGINE) == EngineKind.SIM;
        return simulated && !configuration.isGiven(ServeSettings.MODEL)
                ? Optional.empty()
                : Optional.of(configuration.get(ServeSettings.MODEL));
    }

    private static HttpOptions http(Configuration configuration, Problems problems) {
        Optional<Path> certificate = configuration.get(ServeSettings.TLS_CERT);
        Optional<Path> key = configuration.get(ServeSettings.TLS_KEY);
        if (certificate.isPresent() != key.isPresent()) {
            problems.add("tls-cert and tls-key belong together: " + (key.isPresent() ? "tls-cert" : "tls-key")
                    + " is missing");
        }
        return new HttpOptions(
                configuration.get(ServeSettings.HOST),
                configuration.get(ServeSettings.PORT),
                configuration.get(ServeSettings.API_KEY),
                certificate.flatMap(chain -> key.map(k -> new Tls(chain, k))),
                configuration.get(ServeSettings.BODY_LIMIT),
                configuration.get(ServeSettings.RECEIVE_TIMEOUT),
                configuration.get(ServeSettings.REQUEST_TIMEOUT),
                configuration.get(ServeSettings.KEEP_ALIVE_INTERVAL),
                configuration.get(ServeSettings.DRAIN_TIMEOUT));
    }
}
