package io.jynamo.bench.router;

import com.sun.management.OperatingSystemMXBean;
import io.jynamo.bench.router.Corpus.Step;
import io.jynamo.protocol.KvEvent.Tier;
import io.jynamo.router.index.ChainIndex;
import io.jynamo.router.index.PrefixHits;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The runs of Jynamo's index over one corpus; each gives its figures by the names that the peer's program prints. */
final class IndexRun {
    private static final long INDEX_BYTES = 4L << 30;
    private static final int PASSES = 3;
    private static final int STRIDE = 7919;

    private final Corpus corpus;
    private final int[] depths;
    private final PrefixHits hits = new PrefixHits();
    private long wrong;
    private long over;
    private long checked;
    private long wrongInAll;

    IndexRun(Corpus corpus) {
        this.corpus = corpus;
        this.depths = new int[corpus.workers()];
    }

    /** Wrong answers of all runs so far. */
    long wrongInAll() {
        return wrongInAll;
    }

    /** All updates on one thread or, by owner, on several. */
    Map<String, Object> update(int lanes) {
        ChainIndex index = new ChainIndex(INDEX_BYTES);
        List<List<Step.Update>> shares = shares(lanes);
        Clock clock = new Clock();
        List<Thread> threads = new ArrayList<>();
        for (List<Step.Update> share : shares.subList(1, lanes)) {
            threads.add(Thread.ofPlatform().start(() -> apply(index, share)));
        }
        apply(index, shares.getFirst());
        threads.forEach(IndexRun::join);
        index.settle();
        Map<String, Object> figures = clock.figures(corpus.updateBlocks());
        checkEnd(index);
        return verdict(figures);
    }

    /** All look-ups over the end state, in an order unlike that of the stream. */
    Map<String, Object> lookup(boolean expands) {
        ChainIndex index = filled();
        List<Step.Lookup> asked = new ArrayList<>();
        for (Step step : corpus.steps()) {
            if (step instanceof Step.Lookup lookup && !lookup.isFinal() && lookup.locals().length > 0) {
                asked.add(lookup);
            }
        }
        long[] nanos = new long[PASSES * asked.size()];
        int count = 0;
        long blocks = 0;
        Clock clock = new Clock();
        for (int pass = 0; pass < PASSES; pass++) {
            for (int i = 0; i < asked.size(); i++) {
                long[] locals = asked.get((int) (((long) i * STRIDE + pass * 104_729L) % asked.size()))
                        .locals();
                nanos[count++] = timed(index, locals, expands);
                blocks += locals.length;
            }
        }
        Map<String, Object> figures = clock.figures(blocks);
        latencies(figures, nanos);
        return figures;
    }

    /** The stream in order on one thread: every look-up sees every update before it. */
    Map<String, Object> mixed() {
        ChainIndex index = new ChainIndex(INDEX_BYTES);
        long[] nanos = new long[corpus.steps().size()];
        int count = 0;
        Clock clock = new Clock();
        for (Step step : corpus.steps()) {
            switch (step) {
                case Step.Update update -> index.on(update.worker(), update.event());
                case Step.Lookup lookup when lookup.isFinal() -> {}
                case Step.Lookup lookup -> {
                    nanos[count++] = timed(index, lookup.locals(), false);
                    check(lookup);
                }
            }
        }
        Map<String, Object> figures = clock.figures(corpus.updateBlocks() + corpus.lookupBlocks());
        latencies(figures, Arrays.copyOf(nanos, count));
        checkEnd(index);
        return verdict(figures);
    }

    /** Bytes in use, by the index's own count and by the heap's, at the end of the stream and after clearing. */
    Map<String, Object> memory() {
        filled();
        long before = heap();
        ChainIndex index = filled();
        long counted = index.bytes();
        long onHeap = heap() - before;
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("unique_blocks", index.blocks());
        figures.put("counted_bytes_per_block", round((double) counted / corpus.uniqueAtEnd()));
        figures.put("heap_bytes_per_block", round((double) onHeap / corpus.uniqueAtEnd()));
        long begin = System.nanoTime();
        for (int owner = 0; owner < corpus.workers(); owner++) {
            index.clear(owner);
        }
        figures.put("clear_all_s", round((System.nanoTime() - begin) / 1e9));
        figures.put("counted_bytes_after_clear", index.bytes());
        figures.put("heap_bytes_after_clear", heap() - before);
        figures.put("blocks_after_clear", index.blocks());
        return figures;
    }

    /** The index at the end of the stream. */
    private ChainIndex filled() {
        ChainIndex index = new ChainIndex(INDEX_BYTES);
        apply(index, shares(1).getFirst());
        return index;
    }

    private List<List<Step.Update>> shares(int lanes) {
        List<List<Step.Update>> shares = new ArrayList<>();
        for (int lane = 0; lane < lanes; lane++) {
            shares.add(new ArrayList<>());
        }
        for (Step step : corpus.steps()) {
            if (step instanceof Step.Update update) {
                shares.get(update.worker() % lanes).add(update);
            }
        }
        return shares;
    }

    private static void apply(ChainIndex index, List<Step.Update> updates) {
        for (Step.Update update : updates) {
            index.on(update.worker(), update.event());
        }
    }

    private long timed(ChainIndex index, long[] locals, boolean expands) {
        long begin = System.nanoTime();
        index.find(locals, hits);
        if (expands) {
            hits.expand(Tier.DEVICE, depths);
        }
        return System.nanoTime() - begin;
    }

    private void checkEnd(ChainIndex index) {
        for (Step step : corpus.steps()) {
            if (step instanceof Step.Lookup lookup && lookup.isFinal()) {
                index.find(lookup.locals(), hits);
                check(lookup);
            }
        }
    }

    private void check(Step.Lookup lookup) {
        if (!lookup.isChecked()) {
            return;
        }
        hits.expand(Tier.DEVICE, depths);
        for (long pair : lookup.answer()) {
            depths[(int) pair] -= (int) (pair >>> 32);
        }
        checked++;
        boolean equal = true;
        boolean tooDeep = false;
        for (int difference : depths) {
            equal &= difference == 0;
            tooDeep |= difference > 0;
        }
        wrong += equal ? 0 : 1;
        wrongInAll += equal ? 0 : 1;
        over += tooDeep ? 1 : 0;
    }

    private Map<String, Object> verdict(Map<String, Object> figures) {
        figures.put("checked", checked);
        figures.put("wrong", wrong);
        figures.put("over", over);
        checked = 0;
        wrong = 0;
        over = 0;
        return figures;
    }

    private static void latencies(Map<String, Object> figures, long[] nanos) {
        Arrays.sort(nanos);
        figures.put("p50_ns", nanos[nanos.length / 2]);
        figures.put("p99_ns", nanos[nanos.length * 99 / 100]);
        figures.put("p999_ns", nanos[(int) (nanos.length * 999L / 1000)]);
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a lane was at work", e);
        }
    }

    private static double round(double value) {
        return Double.parseDouble(String.format(Locale.ROOT, "%.3g", value));
    }

    /** Wall time, and CPU time of the whole process, compiler and collector included. */
    private static final class Clock {
        private static final OperatingSystemMXBean SYSTEM =
                (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

        private final long wall = System.nanoTime();
        private final long cpu = SYSTEM.getProcessCpuTime();

        Map<String, Object> figures(long blocks) {
            long wallNanos = System.nanoTime() - wall;
            long cpuNanos = SYSTEM.getProcessCpuTime() - cpu;
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("block_ops", blocks);
            figures.put("cpu_ns_per_block", round((double) cpuNanos / blocks));
            figures.put("million_block_ops_per_wall_s", round(blocks * 1e3 / wallNanos));
            return figures;
        }
    }
}
