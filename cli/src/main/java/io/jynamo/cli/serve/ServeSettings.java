package io.jynamo.cli.serve;

import static io.jynamo.cli.config.Readers.above;
import static io.jynamo.cli.config.Readers.bytes;
import static io.jynamo.cli.config.Readers.count;
import static io.jynamo.cli.config.Readers.number;
import static io.jynamo.cli.config.Readers.oneOf;
import static io.jynamo.cli.config.Readers.path;
import static io.jynamo.cli.config.Readers.spellings;
import static io.jynamo.cli.config.Readers.text;
import static io.jynamo.cli.config.Readers.time;
import static io.jynamo.cli.config.Readers.yesOrNo;

import io.jynamo.cli.config.Setting;
import io.jynamo.cli.config.Setting.Draft;
import io.jynamo.cli.config.Setting.Kind;
import io.jynamo.cli.log.LogFormat;
import io.jynamo.cli.log.LogLevel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Every setting of {@code serve}. Names follow vLLM where it has the same thing (engine, HTTP) and Dynamo where it has
 * (router, simulated engine).
 */
public final class ServeSettings {
    private static final String MODEL_GROUP = "Model";
    private static final String ENGINE_GROUP = "Engine";
    private static final String SIM_GROUP = "Simulated engine";
    private static final String ROUTER_GROUP = "Router";
    private static final String HTTP_GROUP = "HTTP";
    private static final String LOG_GROUP = "Logging";

    static final Setting<String> MODEL = new Draft(
                    MODEL_GROUP, "model", "MODEL", "Folder, .gguf file, alias (see jynamo models) or hf:ORG/NAME.")
            .of(text(), "smollm2-135m-instruct");
    static final Setting<List<String>> SERVED_MODEL_NAME = new Draft(
                    MODEL_GROUP,
                    "served-model-name",
                    "NAME",
                    "Name clients use; repeat for aliases. By default the model's own name.")
            .list(Kind.LIST);
    static final Setting<Optional<Integer>> MAX_MODEL_LEN = new Draft(
                    MODEL_GROUP,
                    "max-model-len",
                    "TOKENS",
                    "Prompt and output of one request together; bounds KV memory. By default what the model was"
                            + " trained for and memory allows.")
            .optional(count(1, Integer.MAX_VALUE));

    static final Setting<EngineKind> ENGINE = new Draft(
                    ENGINE_GROUP,
                    "engine",
                    spellings(EngineKind.class, "|"),
                    "embedded computes the model in this process; sim imitates an engine's timing, with made-up text.")
            .of(oneOf(EngineKind.class), "embedded");
    static final Setting<Integer> WORKERS = new Draft(
                    ENGINE_GROUP, "workers", "N", "Workers in this process; they share one copy of the weights.")
            .of(count(1, 1024), "2");
    static final Setting<Optional<Integer>> THREADS = new Draft(
                    ENGINE_GROUP, "threads", "N", "Threads that compute, all workers together. By default the cores.")
            .optional(count(1, 1024));
    static final Setting<Integer> BLOCK_SIZE =
            new Draft(ENGINE_GROUP, "block-size", "TOKENS", "Tokens per KV block: 1 to 256.").of(count(1, 256), "16");
    static final Setting<Optional<Long>> KV_CACHE_MEMORY = new Draft(
                    ENGINE_GROUP,
                    "kv-cache-memory",
                    "SIZE",
                    "KV memory of one worker, such as 512MiB. By default from max-model-len and free memory.")
            .optional(bytes());
    static final Setting<Optional<Integer>> KV_BLOCKS = new Draft(
                    ENGINE_GROUP, "kv-blocks", "N", "KV blocks of one worker, instead of kv-cache-memory.")
            .optional(count(1, Integer.MAX_VALUE));
    static final Setting<Optional<Integer>> MAX_NUM_SEQS = new Draft(
                    ENGINE_GROUP, "max-num-seqs", "N", "Sequences one worker runs in one batch at most.")
            .optional(count(1, 65_536));
    static final Setting<Optional<Integer>> MAX_NUM_BATCHED_TOKENS = new Draft(
                    ENGINE_GROUP,
                    "max-num-batched-tokens",
                    "TOKENS",
                    "Tokens one step computes at most; longer prompts are computed in chunks of it.")
            .optional(count(1, 1 << 20));
    static final Setting<Boolean> ENABLE_PREFIX_CACHING = new Draft(
                    ENGINE_GROUP, "enable-prefix-caching", "true|false", "Keep KV blocks for prompts that begin alike.")
            .of(yesOrNo(), "true");
    static final Setting<Optional<Long>> SEED = new Draft(
                    ENGINE_GROUP, "seed", "N", "Seed of requests that bring none. By default each draws its own.")
            .optional(number(Long.MIN_VALUE, Long.MAX_VALUE));

    static final Setting<Double> SPEEDUP_RATIO = new Draft(
                    SIM_GROUP, "speedup-ratio", "X", "How many times faster than the timing model it runs.")
            .of(above(0), "1.0");
    static final Setting<Double> DECODE_SPEEDUP_RATIO = new Draft(
                    SIM_GROUP, "decode-speedup-ratio", "X", "The same for decode steps alone, on top.")
            .of(above(0), "1.0");
    static final Setting<Duration> STARTUP_TIME =
            new Draft(SIM_GROUP, "startup-time", "TIME", "How long a worker pretends to load.").of(time(), "0s");

    static final Setting<RouterMode> ROUTER_MODE = new Draft(
                    ROUTER_GROUP,
                    "router-mode",
                    spellings(RouterMode.class, "|"),
                    "How the worker of a request is chosen.")
            .of(oneOf(RouterMode.class), "prefix-affinity");

    static final Setting<String> HOST = new Draft(
                    HTTP_GROUP, "host", "ADDRESS", "Address to listen on; other than loopback needs an API key.")
            .of(text(), "127.0.0.1");
    static final Setting<Integer> PORT = new Draft(
                    HTTP_GROUP, "port", "PORT", "Port to listen on; 0 takes a free one, see the ready line.")
            .of(count(0, 65_535), "8000");
    static final Setting<List<String>> API_KEY = new Draft(
                    HTTP_GROUP,
                    "api-key",
                    "KEY",
                    "Key clients must send; repeat for several. Better given by variable.")
            .list(Kind.SECRET_LIST);
    static final Setting<Optional<Path>> TLS_CERT = new Draft(
                    HTTP_GROUP, "tls-cert", "FILE", "Certificate chain, PEM; turns TLS on, with tls-key.")
            .optional(path());
    static final Setting<Optional<Path>> TLS_KEY =
            new Draft(HTTP_GROUP, "tls-key", "FILE", "Private key of tls-cert, PEM, PKCS#8.").optional(path());
    static final Setting<Long> BODY_LIMIT =
            new Draft(HTTP_GROUP, "body-limit", "SIZE", "Largest request body.").of(bytes(), "45MiB");
    static final Setting<Duration> RECEIVE_TIMEOUT = new Draft(
                    HTTP_GROUP, "receive-timeout", "TIME", "In which a request must have arrived whole.")
            .of(time(), "30s");
    static final Setting<Duration> REQUEST_TIMEOUT =
            new Draft(HTTP_GROUP, "request-timeout", "TIME", "In which a response must be finished.").of(time(), "10m");
    static final Setting<Duration> KEEP_ALIVE_INTERVAL = new Draft(
                    HTTP_GROUP,
                    "sse-keep-alive",
                    "TIME",
                    "Silence in a stream after which a comment is sent; 0 sends none.")
            .of(time(), "15s");
    static final Setting<Duration> DRAIN_TIMEOUT = new Draft(
                    HTTP_GROUP, "drain-timeout", "TIME", "How long running streams may go on after a stop signal.")
            .of(time(), "30s");

    static final Setting<LogFormat> LOG_FORMAT = new Draft(
                    LOG_GROUP, "log-format", spellings(LogFormat.class, "|"), "Log lines for people or as JSON.")
            .of(oneOf(LogFormat.class), "text");
    static final Setting<LogLevel> LOG_LEVEL = new Draft(
                    LOG_GROUP, "log-level", spellings(LogLevel.class, "|"), "The least important records written.")
            .of(oneOf(LogLevel.class), "info");

    /** All of them, in the order of help. */
    public static final List<Setting<?>> ALL = List.of(
            MODEL,
            SERVED_MODEL_NAME,
            MAX_MODEL_LEN,
            ENGINE,
            WORKERS,
            THREADS,
            BLOCK_SIZE,
            KV_CACHE_MEMORY,
            KV_BLOCKS,
            MAX_NUM_SEQS,
            MAX_NUM_BATCHED_TOKENS,
            ENABLE_PREFIX_CACHING,
            SEED,
            SPEEDUP_RATIO,
            DECODE_SPEEDUP_RATIO,
            STARTUP_TIME,
            ROUTER_MODE,
            HOST,
            PORT,
            API_KEY,
            TLS_CERT,
            TLS_KEY,
            BODY_LIMIT,
            RECEIVE_TIMEOUT,
            REQUEST_TIMEOUT,
            KEEP_ALIVE_INTERVAL,
            DRAIN_TIMEOUT,
            LOG_FORMAT,
            LOG_LEVEL);

    private ServeSettings() {}
}
