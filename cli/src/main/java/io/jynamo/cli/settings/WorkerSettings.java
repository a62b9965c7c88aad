package io.jynamo.cli.settings;

import static io.jynamo.cli.config.Readers.bytes;
import static io.jynamo.cli.config.Readers.count;
import static io.jynamo.cli.config.Readers.number;
import static io.jynamo.cli.config.Readers.oneOf;
import static io.jynamo.cli.config.Readers.spellings;
import static io.jynamo.cli.config.Readers.yesOrNo;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.Setting;
import io.jynamo.cli.config.Setting.Draft;
import java.util.List;
import java.util.Optional;

/** How the workers of a process compute. Names follow vLLM. */
public final class WorkerSettings {
    private static final String GROUP = "Engine";

    public static final Setting<EngineKind> ENGINE = new Draft(
                    GROUP,
                    "engine",
                    spellings(EngineKind.class, "|"),
                    "embedded computes the model in this process; sim imitates an engine's timing, with made-up text; the"
                            + " others join a server of theirs (--attach) or, all but openai, launch one.")
            .of(oneOf(EngineKind.class), "embedded");
    public static final Setting<Integer> WORKERS = new Draft(
                    GROUP, "workers", "N", "Workers in this process; they share one copy of the weights.")
            .of(count(1, 1024), "2");
    public static final Setting<Optional<Integer>> THREADS = new Draft(
                    GROUP, "threads", "N", "Threads that compute, all workers together. By default the cores.")
            .optional(count(1, 1024));
    public static final Setting<Integer> BLOCK_SIZE =
            new Draft(GROUP, "block-size", "TOKENS", "Tokens per KV block: 1 to 256.").of(count(1, 256), "16");
    public static final Setting<Optional<Long>> KV_CACHE_MEMORY = new Draft(
                    GROUP,
                    "kv-cache-memory",
                    "SIZE",
                    "KV memory of one worker, such as 512MiB. By default from max-model-len and free memory.")
            .optional(bytes());
    public static final Setting<Optional<Integer>> KV_BLOCKS = new Draft(
                    GROUP, "kv-blocks", "N", "KV blocks of one worker, instead of kv-cache-memory.")
            .optional(count(1, Integer.MAX_VALUE));
    public static final Setting<Optional<Integer>> MAX_NUM_SEQS = new Draft(
                    GROUP, "max-num-seqs", "N", "Sequences one worker runs in one batch at most.")
            .optional(count(1, 65_536));
    public static final Setting<Optional<Integer>> MAX_NUM_BATCHED_TOKENS = new Draft(
                    GROUP,
                    "max-num-batched-tokens",
                    "TOKENS",
                    "Tokens one step computes at most; longer prompts are computed in chunks of it.")
            .optional(count(1, 1 << 20));
    public static final Setting<Boolean> ENABLE_PREFIX_CACHING = new Draft(
                    GROUP, "enable-prefix-caching", "true|false", "Keep KV blocks for prompts that begin alike.")
            .of(yesOrNo(), "true");
    public static final Setting<Optional<Long>> SEED = new Draft(
                    GROUP, "seed", "N", "Seed of requests that bring none. By default each draws its own.")
            .optional(number(Long.MIN_VALUE, Long.MAX_VALUE));

    /** In the order of help. */
    public static final List<Setting<?>> ALL = List.of(
            ENGINE,
            WORKERS,
            THREADS,
            BLOCK_SIZE,
            KV_CACHE_MEMORY,
            KV_BLOCKS,
            MAX_NUM_SEQS,
            MAX_NUM_BATCHED_TOKENS,
            ENABLE_PREFIX_CACHING,
            SEED);

    private WorkerSettings() {}

    /** Reads them; combinations that make no sense go to {@code problems}. */
    public static WorkerOptions read(Configuration configuration, Problems problems) {
        if (configuration.isGiven(KV_CACHE_MEMORY) && configuration.isGiven(KV_BLOCKS)) {
            problems.add("kv-cache-memory and kv-blocks both say how large the KV cache is: give one");
        }
        boolean foreign = configuration.get(ENGINE).isForeign();
        if (foreign && configuration.isGiven(WORKERS) && configuration.get(WORKERS) != 1) {
            problems.add(
                    "workers: an engine of others has as many as it has ranks; give --attach once for each engine");
        }
        return new WorkerOptions(
                configuration.get(ENGINE),
                foreign ? 1 : configuration.get(WORKERS),
                configuration.get(THREADS),
                configuration.get(BLOCK_SIZE),
                configuration.get(KV_CACHE_MEMORY),
                configuration.get(KV_BLOCKS),
                configuration.get(MAX_NUM_SEQS),
                configuration.get(MAX_NUM_BATCHED_TOKENS),
                configuration.get(ENABLE_PREFIX_CACHING),
                configuration.get(SEED));
    }
}
