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
import io.jynamo.engine.process.EngineGroup;
import io.jynamo.protocol.Modality;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** How a worker joins or launches an engine of others: vLLM, SGLang, TensorRT-LLM, any OpenAI-compatible server. */
public final class ForeignSettings {
    private static final String GROUP = "Engines of others";

    /** Each has threads and connections of its own. */
    private static final int MOST_ATTACHED = 256;

    public static final Setting<List<String>> ATTACH = new Draft(
                    GROUP,
                    "attach",
                    "URL",
                    "Join the engine that runs there, instead of launching one; repeat for more engines of the model.")
            .list(Kind.LIST);
    public static final Setting<List<String>> ENGINE_API_KEY = new Draft(
                    GROUP, "engine-api-key", "KEY", "Key the engine asks for. Better given by variable.")
            .list(Kind.SECRET_LIST);
    public static final Setting<Optional<String>> ENGINE_COMMAND = new Draft(
                    GROUP,
                    "engine-command",
                    "PROGRAM",
                    "What launches the engine; its flags go after -- at the end. By default vllm, sglang or trtllm-serve;"
                            + " for SGLang a python will do too.")
            .optional(text());
    public static final Setting<Duration> ENGINE_READY_TIMEOUT = new Draft(
                    GROUP, "engine-ready-timeout", "TIME", "How long a launched engine may take to load.")
            .of(time(), "30m");
    public static final Setting<Optional<Path>> ENGINE_FILES = new Draft(
                    GROUP,
                    "engine-files",
                    "FOLDER",
                    "Where a launched engine's log and process record are kept. By default a temporary folder.")
            .optional(path());
    public static final Setting<List<String>> KV_EVENTS_ENDPOINT = new Draft(
                    GROUP,
                    "kv-events-endpoint",
                    "ENDPOINT",
                    "Where a joined engine publishes its KV events, such as tcp://127.0.0.1:5557; for several engines"
                            + " one per attach, in their order.")
            .list(Kind.LIST);
    public static final Setting<List<String>> KV_REPLAY_ENDPOINT = new Draft(
                    GROUP,
                    "kv-replay-endpoint",
                    "ENDPOINT",
                    "Where a joined engine says missed KV events again; as many.")
            .list(Kind.LIST);
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

    public static final Setting<Optional<Integer>> DATA_PARALLEL_SIZE = new Draft(
                    GROUP,
                    "data-parallel-size",
                    "N",
                    "Ranks behind one server of vLLM or SGLang; each is a worker. By default what its flags or a joined one say.")
            .optional(count(1, 1024));
    public static final Setting<Integer> NNODES = new Draft(
                    GROUP,
                    "nnodes",
                    "N",
                    "Nodes that one launched engine runs on; each is a process of this command with its node-rank.")
            .of(count(1, 1024), "1");
    public static final Setting<Integer> NODE_RANK = new Draft(
                    GROUP, "node-rank", "R", "Which of nnodes this is; 0 leads and is the one that offers workers.")
            .of(count(0, 1023), "0");
    public static final Setting<Optional<String>> LEADER_ADDRESS = new Draft(
                    GROUP,
                    "leader-address",
                    "HOST:PORT",
                    "Where the engines of nnodes meet, on the node of rank 0; the same words on every node.")
            .optional(text());

    public static final Setting<List<String>> MODALITIES = new Draft(
                    GROUP,
                    "modalities",
                    "KIND",
                    "What the model reads besides text, such as image,audio,video, or text for nothing. By default"
                            + " what the engine tells or, of vLLM and TensorRT-LLM, the model's config.json.")
            .list(Kind.LIST);

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
            LMCACHE_SERVER,
            DATA_PARALLEL_SIZE,
            NNODES,
            NODE_RANK,
            LEADER_ADDRESS,
            MODALITIES);

    private static final Set<String> RANK_FLAGS =
            Set.of("-dp", "--data-parallel-size", "--dp-size", "--dp", "--attn-dp-size");

    private ForeignSettings() {}

    /**
     * Reads them; what does not go together goes to {@code problems}.
     *
     * @param flags of the engine itself, as they stood after {@code --}
     */
    public static ForeignOptions read(Configuration configuration, List<String> flags, Problems problems) {
        EngineKind kind = configuration.get(WorkerSettings.ENGINE);
        List<URI> attach = AttachedUrls.read(configuration.get(ATTACH), MOST_ATTACHED, problems);
        boolean attached = configuration.isGiven(ATTACH);
        if (!kind.isForeign()) {
            for (Setting<?> setting : ALL) {
                if (configuration.isGiven(setting)) {
                    problems.add(setting.name() + " is for engines of others, not for --engine "
                            + kind.name().toLowerCase(java.util.Locale.ROOT));
                }
            }
            if (!flags.isEmpty()) {
                problems.add("flags after -- are for an engine that is launched: give --engine vllm, sglang or trtllm");
            }
        } else if (!attached && kind == EngineKind.OPENAI) {
            problems.add("attach: --engine openai joins a server that runs: give its URL with --attach");
        } else if (attached && !flags.isEmpty()) {
            problems.add("flags after -- are for an engine that is launched, and --attach joins one that runs");
        }
        if (attached && configuration.get(LMCACHE)) {
            problems.add("lmcache is set up when an engine is launched; the one at --attach has been");
        }
        if (kind != EngineKind.VLLM && kind.isForeign()) {
            for (Setting<?> setting : List.of(LMCACHE, LMCACHE_MAX_LOCAL_CPU_GB, LMCACHE_SERVER)) {
                if (configuration.isGiven(setting)) {
                    problems.add(setting.name() + " is for --engine vllm");
                }
            }
        }
        checkRanks(configuration, kind, flags, problems);
        List<String> keys = configuration.get(ENGINE_API_KEY);
        return new ForeignOptions(
                attach,
                keys.isEmpty() ? Optional.empty() : Optional.of(keys.getLast()),
                configuration.get(ENGINE_COMMAND),
                flags,
                configuration.get(ENGINE_READY_TIMEOUT),
                configuration.get(ENGINE_FILES),
                endpoints(configuration, KV_EVENTS_ENDPOINT, problems),
                endpoints(configuration, KV_REPLAY_ENDPOINT, problems),
                new ForeignOptions.Lmcache(
                        configuration.get(LMCACHE),
                        configuration.get(LMCACHE_MAX_LOCAL_CPU_GB),
                        configuration.get(LMCACHE_SERVER).flatMap(url -> url(url, problems))),
                configuration.get(DATA_PARALLEL_SIZE),
                group(configuration, attached, problems),
                modalities(configuration, problems));
    }

    /** One word each, however many were given at once. */
    static List<String> words(List<String> given) {
        return given.stream()
                .flatMap(some -> Stream.of(some.split(",")))
                .map(String::strip)
                .toList();
    }

    private static Optional<Set<Modality>> modalities(Configuration configuration, Problems problems) {
        Set<Modality> read = EnumSet.of(Modality.TEXT);
        for (String given : words(configuration.get(MODALITIES))) {
            Stream.of(Modality.values())
                    .filter(modality -> modality.id().equals(given))
                    .findFirst()
                    .ifPresentOrElse(
                            read::add,
                            () -> problems.add("modalities: '" + given + "' must be text, image, audio or video"));
        }
        return configuration.isGiven(MODALITIES) ? Optional.of(read) : Optional.empty();
    }

    private static void checkRanks(
            Configuration configuration, EngineKind kind, List<String> flags, Problems problems) {
        if (configuration.get(DATA_PARALLEL_SIZE).isEmpty()) {
            return;
        }
        if (kind == EngineKind.TRTLLM || kind == EngineKind.OPENAI) {
            problems.add("data-parallel-size is for --engine vllm and sglang");
        }
        if (flags.stream().map(flag -> flag.replaceFirst("=.*", "")).anyMatch(RANK_FLAGS::contains)) {
            problems.add("data-parallel-size stands before and after --: give it once");
        }
        if (kind == EngineKind.SGLANG && configuration.get(NNODES) > 1) {
            problems.add("data-parallel-size and nnodes do not go together for --engine sglang: ranks on other nodes"
                    + " publish their KV events there; launch a worker on each node");
        }
    }

    /** One for each engine, or none. */
    private static List<String> endpoints(
            Configuration configuration, Setting<List<String>> setting, Problems problems) {
        List<String> given = configuration.get(setting);
        int engines = Math.max(1, configuration.get(ATTACH).size());
        if (given.stream().anyMatch(String::isBlank)) {
            problems.add(setting.name() + ": an endpoint is blank; give one such as tcp://127.0.0.1:5557");
        }
        if (!given.isEmpty() && given.size() != engines) {
            problems.add(setting.name() + " is given " + given.size() + " times for " + engines
                    + (engines == 1 ? " engine" : " engines") + ": give one per attach, in their order, or none");
        }
        return given;
    }

    /** The group of engines this one is of, where it is of any. */
    private static Optional<EngineGroup> group(Configuration configuration, boolean attached, Problems problems) {
        int nodes = configuration.get(NNODES);
        int rank = configuration.get(NODE_RANK);
        Optional<String> leader = configuration.get(LEADER_ADDRESS);
        EngineKind kind = configuration.get(WorkerSettings.ENGINE);
        if (nodes == 1) {
            if (rank != 0 || leader.isPresent()) {
                problems.add("node-rank and leader-address are of an engine on several nodes: give nnodes too");
            }
            return Optional.empty();
        }
        if (attached || (kind != EngineKind.VLLM && kind != EngineKind.SGLANG)) {
            problems.add("nnodes is for a vLLM or SGLang that is launched");
        } else if (rank >= nodes) {
            problems.add("node-rank " + rank + " is not below nnodes " + nodes);
        } else if (leader.isEmpty()) {
            problems.add("leader-address: say where the engines of the " + nodes + " nodes meet, as HOST:PORT");
        } else {
            return address(leader.get(), problems)
                    .map(address -> new EngineGroup(nodes, rank, address.getHostString(), address.getPort()));
        }
        return Optional.empty();
    }

    private static Optional<InetSocketAddress> address(String text, Problems problems) {
        int colon = text.lastIndexOf(':');
        if (colon > 0 && text.substring(colon + 1).matches("[1-9]\\d{0,4}")) {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port <= 65_535) {
                return Optional.of(InetSocketAddress.createUnresolved(text.substring(0, colon), port));
            }
        }
        problems.add("leader-address '" + text + "' is no HOST:PORT");
        return Optional.empty();
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
