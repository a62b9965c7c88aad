package io.jynamo.cli.settings;

import static io.jynamo.cli.config.Readers.count;
import static io.jynamo.cli.config.Readers.path;
import static io.jynamo.cli.config.Readers.text;
import static io.jynamo.cli.config.Readers.time;
import static io.jynamo.cli.config.Readers.yesOrNo;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.Setting;
import io.jynamo.cli.config.Setting.Draft;
import io.jynamo.cli.config.Setting.Kind;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How a worker joins or launches an engine of others: vLLM, SGLang, TensorRT-LLM, any OpenAI-compatible server. */
public final class ForeignSettings {
    private static final String GROUP = "Engines of others";

    public static final Setting<Optional<String>> ATTACH = new Draft(
                    GROUP, "attach", "URL", "Join the engine that runs there, instead of launching one.")
            .optional(text());
    public static final Setting<List<String>> ENGINE_API_KEY = new Draft(
                    GROUP, "engine-api-key", "KEY", "Key the engine asks for. Better given by variable.")
            .list(Kind.SECRET_LIST);
    public static final Setting<String> ENGINE_COMMAND = new Draft(
                    GROUP, "engine-command", "PROGRAM", "What launches vLLM; its flags go after -- at the end.")
            .of(text(), "vllm");
    public static final Setting<Duration> ENGINE_READY_TIMEOUT = new Draft(
                    GROUP, "engine-ready-timeout", "TIME", "How long a launched engine may take to load.")
            .of(time(), "30m");
    public static final Setting<Optional<Path>> ENGINE_FILES = new Draft(
                    GROUP,
                    "engine-files",
                    "FOLDER",
                    "Where a launched engine's log and process record are kept. By default a temporary folder.")
            .optional(path());
    public static final Setting<Optional<String>> KV_EVENTS_ENDPOINT = new Draft(
                    GROUP,
                    "kv-events-endpoint",
                    "ENDPOINT",
                    "Where a joined engine publishes its KV events, such as tcp://127.0.0.1:5557.")
            .optional(text());
    public static final Setting<Optional<String>> KV_REPLAY_ENDPOINT = new Draft(
                    GROUP, "kv-replay-endpoint", "ENDPOINT", "Where a joined engine says missed KV events again.")
            .optional(text());
    public static final Setting<Boolean> LMCACHE =
            new Draft(GROUP, "lmcache", "true|false", "Launch vLLM with LMCache.").of(yesOrNo(), "false");
    public static final Setting<Optional<Integer>> LMCACHE_MAX_LOCAL_CPU_GB = new Draft(
                    GROUP,
                    "lmcache-max-local-cpu-gb",
                    "N",
                    "Main memory LMCache may take inside the engine, in GiB; LMCACHE_MAX_LOCAL_CPU_SIZE otherwise.")
            .optional(count(1, 1 << 20));
    public static final Setting<Optional<String>> LMCACHE_SERVER = new Draft(
                    GROUP, "lmcache-server", "URL", "An lmcache server to use instead, such as tcp://127.0.0.1:5555.")
            .optional(text());

    /** In the order of help. */
    public static final List<Setting<?>> ALL = List.of(
            ATTACH,
            ENGINE_API_KEY,
            ENGINE_COMMAND,
            ENGINE_READY_TIMEOUT,
            ENGINE_FILES,
            KV_EVENTS_ENDPOINT,
            KV_REPLAY_ENDPOINT,
            LMCACHE,
            LMCACHE_MAX_LOCAL_CPU_GB,
            LMCACHE_SERVER);

    private ForeignSettings() {}

    /**
     * Reads them; what does not go together goes to {@code problems}.
     *
     * @param flags of the engine itself, as they stood after {@code --}
     */
    public static ForeignOptions read(Configuration configuration, List<String> flags, Problems problems) {
        EngineKind kind = configuration.get(WorkerSettings.ENGINE);
        Optional<URI> attach = configuration.get(ATTACH).flatMap(url -> url(url, problems));
        if (!kind.isForeign()) {
            for (Setting<?> setting : ALL) {
                if (configuration.isGiven(setting)) {
                    problems.add(setting.name() + " is for engines of others, not for --engine "
                            + kind.name().toLowerCase(java.util.Locale.ROOT));
                }
            }
            if (!flags.isEmpty()) {
                problems.add("flags after -- are for an engine that is launched: give --engine vllm");
            }
        } else if (attach.isEmpty() && kind != EngineKind.VLLM) {
            problems.add("attach: --engine " + kind.name().toLowerCase(java.util.Locale.ROOT)
                    + " joins a server that runs: give its URL with --attach");
        } else if (attach.isPresent() && !flags.isEmpty()) {
            problems.add("flags after -- are for an engine that is launched, and --attach joins one that runs");
        }
        if (attach.isPresent() && configuration.get(LMCACHE)) {
            problems.add("lmcache is set up when an engine is launched; the one at --attach has been");
        }
        List<String> keys = configuration.get(ENGINE_API_KEY);
        return new ForeignOptions(
                attach,
                keys.isEmpty() ? Optional.empty() : Optional.of(keys.getLast()),
                configuration.get(ENGINE_COMMAND),
                flags,
                configuration.get(ENGINE_READY_TIMEOUT),
                configuration.get(ENGINE_FILES),
                configuration.get(KV_EVENTS_ENDPOINT),
                configuration.get(KV_REPLAY_ENDPOINT),
                new ForeignOptions.Lmcache(
                        configuration.get(LMCACHE),
                        configuration.get(LMCACHE_MAX_LOCAL_CPU_GB),
                        configuration.get(LMCACHE_SERVER).flatMap(url -> url(url, problems))));
    }

    private static Optional<URI> url(String text, Problems problems) {
        try {
            return Optional.of(URI.create(text));
        } catch (IllegalArgumentException unreadable) {
            problems.add("'" + text + "' is no URL: " + unreadable.getMessage());
            return Optional.empty();
        }
    }
}
