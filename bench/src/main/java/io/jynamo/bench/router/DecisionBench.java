package io.jynamo.bench.router;

import com.sun.management.ThreadMXBean;
import io.jynamo.bench.load.Arguments;
import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.TokenIds;
import io.jynamo.router.Placement;
import io.jynamo.router.PolicyRouter;
import io.jynamo.router.Router;
import io.jynamo.router.RouterOptions;
import io.jynamo.router.RoutingPolicy;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * {@code jynamo bench decision}: what one routing decision costs, from hashing the prompt to booking it, with first token
 * and release: CPU microseconds and bytes allocated, on one thread; beside Dynamo's selection core where its program is.
 *
 * <p>As that program has it: prompts of 8,192 tokens of which the first 1,024 are the same in all; every worker holds
 * those, one to three hold more of each prompt, and four decoding requests run on each.
 */
public final class DecisionBench {
    private static final int TOKENS = 8_192;
    private static final int SHARED = 1_024;
    private static final int PROMPTS = 256;
    private static final int RUNNING = 4;
    private static final long ROUND_NANOS = 1_000_000_000;
    private static final String WHOLE = "whole: SelectionCore";
    private static final String HELP = """
        bench decision: one routing decision for 8,192 tokens, from hashing to booking and release
          --workers N   workers of the fleet (default 1000)
          --rounds N    of each run, in turns with the peer; the median counts (default 5)
          --peer FILE   Dynamo's decision bench (dynamo-goldens of the shared index bench); without it ours alone
        """;

    private final PrintStream out = System.out;
    private final int workers;
    private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private DecisionBench(int workers) {
        this.workers = workers;
    }

    /** Runs it and gives the exit code. */
    public static int run(String... args) throws IOException {
        if (Arrays.asList(args).contains("--help")) {
            System.out.print(HELP);
            return 0;
        }
        Arguments arguments = new Arguments(args);
        int workers = arguments.count("workers", 1_000);
        int rounds = arguments.count("rounds", 5);
        Path peer = Path.of(arguments.text(
                "peer",
                IndexPeer.home().resolve("build/target/release/dynamo-goldens").toString()));
        arguments.requireAllRead();
        DecisionBench bench = new DecisionBench(workers);
        for (int block : new int[] {64, 16}) {
            for (RoutingPolicy policy : List.of(RoutingPolicy.PREFIX_AFFINITY, RoutingPolicy.TIME)) {
                bench.ours(policy, block, rounds);
            }
        }
        if (Files.isExecutable(peer)) {
            bench.theirs(peer, rounds);
        }
        return 0;
    }

    /** What a round came to, per decision. */
    private record Cost(double cpuMicros, double bytes) {}

    private void ours(RoutingPolicy policy, int block, int rounds) {
        RouterOptions options = new RouterOptions(
                policy,
                block,
                512L << 20,
                1 << 20,
                RouterOptions.of(policy, block).retryAfter());
        try (PolicyRouter router = new PolicyRouter(options, new Random(1))) {
            Router.Request[] requests = new Router.Request[PROMPTS];
            for (int i = 0; i < PROMPTS; i++) {
                requests[i] = new Router.Request(prompt(i, TOKENS), CacheScope.SHARED, 1, 200, 0);
            }
            fill(router, requests, block);
            List<Cost> costs = new ArrayList<>();
            for (int round = -2; round < rounds; round++) {
                Cost cost = round(router, requests);
                if (round >= 0) {
                    costs.add(cost);
                }
            }
            double[] cpu = costs.stream().mapToDouble(Cost::cpuMicros).sorted().toArray();
            double[] bytes = costs.stream().mapToDouble(Cost::bytes).sorted().toArray();
            row("jynamo, " + policy.id(), block, cpu, String.format(Locale.ROOT, "%8.0f bytes", bytes[rounds / 2]));
        }
    }

    private void fill(PolicyRouter router, Router.Request[] requests, int block) {
        BlockHasher hasher = new BlockHasher(block, CacheScope.SHARED);
        Random random = new Random(77);
        BlockOwner[] owners = new BlockOwner[workers];
        for (int worker = 0; worker < workers; worker++) {
            owners[worker] = new BlockOwner(worker + 1, block);
            owners[worker].hold(hasher.hash(requests[0].prompt().slice(0, SHARED)));
        }
        for (Router.Request request : requests) {
            for (int copy = random.nextInt(3); copy >= 0; copy--) {
                int held = SHARED + random.nextInt(TOKENS - SHARED);
                owners[random.nextInt(workers)].hold(
                        hasher.hash(request.prompt().slice(0, held)));
            }
        }
        for (BlockOwner owner : owners) {
            router.add(owner);
        }
        for (int i = 0; i < workers * RUNNING; i++) {
            router.place(requests[random.nextInt(PROMPTS)]).booking().onPrefilled();
        }
    }

    private Cost round(PolicyRouter router, Router.Request[] requests) {
        long id = Thread.currentThread().threadId();
        long bytes = thread.getThreadAllocatedBytes(id);
        long cpu = thread.getCurrentThreadCpuTime();
        int decisions = 0;
        do {
            for (int i = 0; i < 64; i++) {
                Placement placement = router.place(requests[(decisions * 31 + 7) % PROMPTS]);
                placement.booking().onPrefilled();
                placement.booking().release();
                decisions++;
            }
        } while (thread.getCurrentThreadCpuTime() - cpu < ROUND_NANOS);
        double micros = (thread.getCurrentThreadCpuTime() - cpu) / 1e3;
        return new Cost(micros / decisions, (thread.getThreadAllocatedBytes(id) - bytes) / (double) decisions);
    }

    /** Lines of the peer's program: one JSON object for each step, of which the whole decision counts. */
    private void theirs(Path program, int rounds) throws IOException {
        Map<Integer, List<Double>> seen = new TreeMap<>(Comparator.reverseOrder());
        for (int round = 0; round < rounds; round++) {
            Process process = new ProcessBuilder(program.toString(), "decision", Integer.toString(workers))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            said.lines().filter(line -> line.contains(WHOLE)).forEach(line -> {
                Map<String, String> figures = IndexPeer.figures(line);
                seen.computeIfAbsent(Integer.valueOf(figures.get("block_size")), block -> new ArrayList<>())
                        .add(Double.valueOf(figures.get("cpu_us")));
            });
        }
        seen.forEach((block, costs) -> row(
                "dynamo, SelectionCore",
                block,
                costs.stream().mapToDouble(x -> x).sorted().toArray(),
                ""));
    }

    private void row(String who, int block, double[] sorted, String more) {
        out.printf(
                Locale.ROOT,
                "%-26s W %5d  blocks of %2d  CPU us median %7.1f least %7.1f %s%n",
                who,
                workers,
                block,
                sorted[sorted.length / 2],
                sorted[0],
                more);
    }

    private static TokenIds prompt(int seed, int tokens) {
        int[] ids = new Random(seed).ints(tokens, 0, 150_000).toArray();
        for (int i = 0; i < SHARED; i++) {
            ids[i] = i;
        }
        return TokenIds.of(ids);
    }
}
