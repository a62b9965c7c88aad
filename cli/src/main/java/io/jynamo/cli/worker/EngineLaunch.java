package io.jynamo.cli.worker;

import io.jynamo.cli.settings.EngineKind;
import io.jynamo.cli.settings.ForeignOptions;
import io.jynamo.engine.process.EngineGroup;
import io.jynamo.engine.process.LmcacheSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * How one kind of engine is launched; all else about a launched engine is the same for every kind. Pure.
 *
 * @param word names its files
 * @param program what launches it where nothing else was told
 * @param readyPath answers 200 once it serves
 * @param headless whether the members of a group behind the leader answer nothing at all
 * @param eventsFlag what it is told by where to publish its KV events; empty for one that cannot over ZeroMQ
 * @param line its command line, the program first
 */
record EngineLaunch(
        String word,
        String program,
        String readyPath,
        boolean headless,
        String eventsFlag,
        Function<Order, List<String>> line) {
    /**
     * One engine that is to be launched.
     *
     * @param program that launches it
     * @param name clients know its model by
     * @param model folder or name, as the engine takes it
     * @param events port its first rank publishes KV events on; empty where it is not told to by us
     * @param replay port it says missed ones again on
     * @param lmcache empty where it has none
     */
    record Order(
            String program,
            String name,
            String model,
            WorkerSetup setup,
            int port,
            Optional<Integer> events,
            Optional<Integer> replay,
            Optional<LmcacheSettings> lmcache) {
        private EngineFlags flags() {
            return new EngineFlags(setup.foreign().flags());
        }

        private String contextFlag(String flag) {
            return setup.model()
                    .maxModelLen()
                    .map(tokens -> flag + "=" + tokens)
                    .orElse("");
        }

        private Optional<EngineGroup> group() {
            return setup.foreign().group();
        }
    }

    static final EngineLaunch VLLM =
            new EngineLaunch("vllm", "vllm", "/health", true, "--kv-events-config", EngineLaunch::vllm);

    static final EngineLaunch SGLANG =
            new EngineLaunch("sglang", "sglang", "/health", false, "--kv-events-config", EngineLaunch::sglang);

    /** After its documentation; not verified against the real program, which needs a GPU. */
    static final EngineLaunch TRTLLM =
            new EngineLaunch("trtllm", "trtllm-serve", "/health", false, "", EngineLaunch::trtllm);

    static EngineLaunch of(EngineKind kind) {
        return switch (kind) {
            case VLLM -> VLLM;
            case SGLANG -> SGLANG;
            case TRTLLM -> TRTLLM;
            case OPENAI, EMBEDDED, SIM -> throw new IllegalArgumentException(kind + " is not launched");
        };
    }

    private static final String[] PART_OF_OTHERS = {
        "--data-parallel-rank", "--data-parallel-start-rank", "--data-parallel-external-lb", "--data-parallel-hybrid-lb"
    };

    /** How many ranks a launched engine has that can be asked for by number. */
    static int ranks(EngineKind kind, ForeignOptions told) {
        EngineFlags flags = new EngineFlags(told.flags());
        return switch (kind) {
            case VLLM -> flags.has(PART_OF_OTHERS) ? 1 : ranks(told, flags, "--data-parallel-size", "-dp");
            // Ranks on other nodes publish their KV events there.
            case SGLANG ->
                told.group().isPresent() || flags.has("--nnodes")
                        ? 1
                        : Math.max(
                                ranks(told, flags, "--data-parallel-size", "--dp-size", "--dp"),
                                size(flags, "--attn-dp-size").orElse(1));
            case TRTLLM, OPENAI, EMBEDDED, SIM -> 1;
        };
    }

    /**
     * Whether a launched engine lets the model think before output that it holds to a form, by its flags. An SGLang says so itself.
     */
    static boolean thinksFirst(EngineKind kind, ForeignOptions told) {
        EngineFlags flags = new EngineFlags(told.flags());
        return kind == EngineKind.VLLM
                && flags.has("--reasoning-parser")
                && flags.all().stream().noneMatch(flag -> flag.contains("enable_in_reasoning"));
    }

    private static int ranks(ForeignOptions told, EngineFlags flags, String... names) {
        return told.dataParallelSize().or(() -> size(flags, names)).orElse(1);
    }

    private static Optional<Integer> size(EngineFlags flags, String... names) {
        return flags.value(names)
                .filter(value -> value.matches("[1-9]\\d{0,3}"))
                .map(Integer::valueOf);
    }

    private static List<String> vllm(Order order) {
        List<String> line = begin(order, List.of(order.program, "serve", order.model));
        add(line, "--served-model-name", order.name);
        line.add("--enable-prompt-tokens-details");
        add(line, order.contextFlag("--max-model-len"));
        order.setup.foreign().dataParallelSize().ifPresent(size -> add(line, "--data-parallel-size", size.toString()));
        order.group().ifPresent(group -> line.addAll(group.vllmFlags()));
        // vLLM binds only what begins with a star; the other end is on this machine.
        order.events.ifPresent(port -> add(
                line,
                VLLM.eventsFlag,
                "{\"enable_kv_cache_events\":true,\"publisher\":\"zmq\",\"endpoint\":\"tcp://*:" + port
                        + "\",\"replay_endpoint\":\"tcp://127.0.0.1:" + order.replay.orElse(0) + "\"}"));
        order.lmcache.ifPresent(lmcache -> add(line, "--kv-transfer-config", lmcache.transferConfig()));
        return end(line, order);
    }

    private static List<String> sglang(Order order) {
        boolean python = String.valueOf(Path.of(order.program).getFileName()).startsWith("python");
        List<String> line = begin(
                order, python ? List.of(order.program, "-m", "sglang.launch_server") : List.of(order.program, "serve"));
        add(line, "--model-path", order.model);
        add(line, "--served-model-name", order.name);
        line.add("--enable-metrics");
        add(line, order.contextFlag("--context-length"));
        order.setup.foreign().dataParallelSize().ifPresent(size -> add(line, "--dp-size", size.toString()));
        if (!order.flags().has("--page-size")) {
            // Its own default, pages of one token, would make an event for each.
            add(line, "--page-size", String.valueOf(order.setup.engine().blockTokens()));
        }
        order.group().ifPresent(group -> line.addAll(group.sglangFlags()));
        order.events.ifPresent(port -> add(
                line,
                SGLANG.eventsFlag,
                "{\"publisher\":\"zmq\",\"endpoint\":\"tcp://*:" + port
                        + "\",\"replay_endpoint\":\"tcp://127.0.0.1:" + order.replay.orElse(0)
                        + "\",\"topic\":\"kv-events\"}"));
        return end(line, order);
    }

    private static List<String> trtllm(Order order) {
        List<String> line = begin(order, List.of(order.program, order.model));
        add(line, order.contextFlag("--max_seq_len"));
        return end(line, order);
    }

    private static List<String> begin(Order order, List<String> program) {
        List<String> line = new ArrayList<>(program);
        add(line, "--host", "127.0.0.1");
        add(line, "--port", String.valueOf(order.port));
        return line;
    }

    private static void add(List<String> line, String flag, String value) {
        line.add(flag);
        line.add(value);
    }

    private static void add(List<String> line, String flag) {
        if (!flag.isEmpty()) {
            line.add(flag);
        }
    }

    /** The user's own flags come last, where they win. */
    private static List<String> end(List<String> line, Order order) {
        line.addAll(order.setup.foreign().flags());
        return List.copyOf(line);
    }
}
