package io.jynamo.bench.router;

import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.SequenceHashes;
import io.jynamo.protocol.TokenIds;
import io.jynamo.router.Placement;
import io.jynamo.router.PolicyRouter;
import io.jynamo.router.Router;
import io.jynamo.router.RouterOptions;
import io.jynamo.router.RoutingPolicy;
import io.jynamo.router.index.ChainIndex;
import io.jynamo.router.index.PrefixHits;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.SplittableRandom;

/** {@code jynamo bench router}: microseconds per operation on one thread, median and least of several rounds. */
public final class RouterBench {
    private static final int BLOCK = 16;
    private static final int ROUNDS = 7;
    private static final long ROUND_NANOS = 300_000_000;

    private final PrintStream out;
    private long sink;

    private RouterBench(PrintStream out) {
        this.out = out;
    }

    /** Runs it all, some 40 s, and gives the exit code. */
    public static int run(String... args) {
        if (args.length > 0) {
            System.err.println("bench router: takes no arguments");
            return 2;
        }
        RouterBench bench = new RouterBench(System.out);
        bench.out.printf(Locale.ROOT, "%-58s %10s %10s%n", "us per operation", "median", "least");
        bench.hashing();
        bench.index();
        for (RoutingPolicy policy : RoutingPolicy.values()) {
            bench.decisions(policy, 2, 1_000);
        }
        bench.decisions(RoutingPolicy.PREFIX_AFFINITY, 8, 1_000);
        bench.decisions(RoutingPolicy.PREFIX_AFFINITY, 64, 1_000);
        bench.decisions(RoutingPolicy.PREFIX_AFFINITY, 8, 8_000);
        if (bench.sink == 42) {
            bench.out.println(); // keeps the results in use
        }
        return 0;
    }

    private void hashing() {
        for (int tokens : new int[] {1_000, 8_000}) {
            TokenIds prompt = prompt(tokens, 1);
            BlockHasher hasher = new BlockHasher(BLOCK, CacheScope.SHARED);
            measure(
                    "hash " + tokens + " tokens in blocks of " + BLOCK,
                    () -> hasher.hash(prompt).sequence()[0]);
        }
    }

    private void index() {
        ChainIndex index = new ChainIndex(256 << 20);
        SplittableRandom random = new SplittableRandom(3);
        BlockHashes[] prompts = new BlockHashes[2_000];
        long[] head = random.longs(250).toArray();
        for (int i = 0; i < prompts.length; i++) {
            long[] locals = random.longs(500).toArray();
            if (i % 2 == 0) {
                System.arraycopy(head, 0, locals, 0, head.length);
            }
            prompts[i] = chained(locals);
            for (int copy = 0; copy < 4; copy++) {
                index.on(random.nextInt(64), new KvEvent.Stored(0, null, prompts[i], KvEvent.Tier.DEVICE));
            }
        }
        PrefixHits hits = new PrefixHits();
        int[] turn = {0};
        measure("look up 500 blocks, 64 workers, 750,000 blocks known", () -> {
            index.find(prompts[turn[0]++ % prompts.length], hits);
            return hits.deepest();
        });
        BlockHashes fresh = chained(random.longs(100).toArray());
        KvEvent stored = new KvEvent.Stored(0, null, fresh, KvEvent.Tier.DEVICE);
        KvEvent removed = new KvEvent.Removed(0, SequenceHashes.of(fresh.sequence()), KvEvent.Tier.DEVICE);
        measure("store and remove 100 blocks of one worker", () -> {
            index.on(5, stored);
            index.on(5, removed);
            return index.blocks();
        });
    }

    private static BlockHashes chained(long[] locals) {
        long[] sequences = locals.clone();
        for (int i = 1; i < locals.length; i++) {
            sequences[i] = BlockHasher.chain(sequences[i - 1], locals[i]);
        }
        return new BlockHashes(locals, sequences);
    }

    private void decisions(RoutingPolicy policy, int workers, int tokens) {
        try (PolicyRouter router = new PolicyRouter(RouterOptions.of(policy, BLOCK), new Random(1))) {
            Router.Request[] requests = new Router.Request[200];
            for (int i = 0; i < requests.length; i++) {
                requests[i] = new Router.Request(prompt(tokens, i), CacheScope.SHARED, 1, 100, 0);
            }
            for (int i = 0; i < workers; i++) {
                BlockOwner worker = new BlockOwner(i + 1, BLOCK);
                for (int request = i % 8; request < requests.length; request += 8) {
                    worker.hold(new BlockHasher(BLOCK, CacheScope.SHARED).hash(requests[request].prompt()));
                }
                router.add(worker);
            }
            Placement.Booking[] running = new Placement.Booking[64];
            int[] turn = {0};
            measure(policy.id() + ": place, book, release; " + workers + " workers, " + tokens + " tokens", () -> {
                int now = turn[0]++;
                Placement.Booking oldest = running[now % running.length];
                if (oldest != null) {
                    oldest.release();
                }
                Placement placement = router.place(requests[now % requests.length]);
                running[now % running.length] = placement.booking();
                return placement.worker().id().value();
            });
        }
    }

    private void measure(String name, Operation operation) {
        round(operation);
        round(operation);
        double[] micros = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            micros[i] = round(operation);
        }
        Arrays.sort(micros);
        out.printf(Locale.ROOT, "%-58s %10.3f %10.3f%n", name, micros[ROUNDS / 2], micros[0]);
    }

    private double round(Operation operation) {
        long begin = System.nanoTime();
        long operations = 0;
        long now;
        do {
            for (int i = 0; i < 64; i++) {
                sink ^= operation.run();
            }
            operations += 64;
            now = System.nanoTime();
        } while (now - begin < ROUND_NANOS);
        return (now - begin) / 1e3 / operations;
    }

    private interface Operation {
        long run();
    }

    private static TokenIds prompt(int tokens, int seed) {
        return TokenIds.of(new Random(seed).ints(tokens, 0, 49_152).toArray());
    }

    /** For running it without the {@code jynamo} command. */
    public static void main(String[] args) {
        System.exit(run(args));
    }
}
