package io.jynamo.bench.router;

import io.jynamo.bench.load.Arguments;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * {@code jynamo bench index}: the prefix index on the corpora of the shared index bench, beside Dynamo's where its programs
 * are, in turns, each answer that the corpus has checked. Figures are the least of the rounds; ours begin after warm-up.
 */
public final class IndexBench {
    private static final String HELP = """
        bench index: the prefix index beside Dynamo's on recorded streams of updates and look-ups
          --corpora DIR      folder of .kvix files (made by generate of the shared index bench)
          --corpus NAME      one of them; may be repeated (default: all five)
          --peer DIR         folder of dynamo-index and dynamo-index-mem; without it ours alone
          --allocator FILE   a second turn of the peer with this allocator library in front
          --rounds N         of each run, the least counts (default 3)
        Big corpora need heap: JYNAMO_JAVA_OPTS=-Xmx6g.
        """;
    private static final List<String> ALL = List.of("w64-b64", "w64-b16", "w1000-b64", "w1000-b16", "w64-b64-sticky");
    private static final int WARM_UP = 3;

    private final Path corpora;
    private final int rounds;
    private final List<IndexPeer> peers;

    private IndexBench(Path corpora, int rounds, List<IndexPeer> peers) {
        this.corpora = corpora;
        this.rounds = rounds;
        this.peers = peers;
    }

    /** Runs it and gives the exit code: 1 when an answer was wrong. */
    public static int run(String... args) {
        if (Arrays.asList(args).contains("--help")) {
            System.out.print(HELP);
            return 0;
        }
        Arguments arguments = new Arguments(args);
        Path home = IndexPeer.home();
        Path corpora = Path.of(arguments.text("corpora", home.resolve("corpora").toString()));
        Path programs = Path.of(
                arguments.text("peer", home.resolve("build/target/release").toString()));
        String allocator = arguments.text("allocator", "");
        int rounds = arguments.count("rounds", 3);
        List<String> names = arguments.texts("corpus");
        arguments.requireAllRead();
        List<IndexPeer> peers = new ArrayList<>(List.of(new IndexPeer(programs, "")));
        if (!allocator.isEmpty()) {
            peers.add(new IndexPeer(programs, allocator));
        }
        peers.removeIf(peer -> !peer.isThere());
        IndexBench bench = new IndexBench(corpora, rounds, peers);
        long wrong = 0;
        for (String name : names.isEmpty() ? ALL : names) {
            wrong += bench.corpus(name);
        }
        return wrong == 0 ? 0 : 1;
    }

    private long corpus(String name) {
        Path file = corpora.resolve(name + ".kvix");
        if (!Files.isReadable(file)) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "no corpus at " + file
                            + "; make it by setup and generate of the shared index bench, or give --corpora");
        }
        IndexRun ours = new IndexRun(Corpus.read(file));
        for (int i = 0; i < WARM_UP; i++) {
            ours.update(1);
            ours.lookup(false);
        }
        Table table = new Table(name);
        for (int round = 0; round < rounds; round++) {
            table.add("jynamo", "mixed1", text(ours::mixed), "");
            table.add("jynamo", "update1", text(() -> ours.update(1)), "cpu_ns_per_block");
            table.add("jynamo", "update2", text(() -> ours.update(2)), "cpu_ns_per_block");
            table.add("jynamo", "lookup1", text(() -> ours.lookup(false)), "p50_ns");
            table.add("jynamo", "expanded1", text(() -> ours.lookup(true)), "p50_ns");
            for (IndexPeer peer : peers) {
                table.add(peer.name(), "update1", peer.update(file, 1), "cpu_ns_per_block");
                table.add(peer.name(), "update2", peer.update(file, 2), "cpu_ns_per_block");
                table.add(peer.name(), "lookup1", peer.lookup(file), "p50");
                table.add(peer.name(), "mixed1", peer.mixed(file), "");
            }
        }
        table.add("jynamo", "memory", text(ours::memory), "");
        peers.forEach(peer -> table.add(peer.name(), "memory", peer.memory(file), ""));
        table.print();
        return ours.wrongInAll();
    }

    private static Map<String, String> text(Supplier<Map<String, Object>> run) {
        Map<String, String> figures = new LinkedHashMap<>();
        run.get().forEach((name, value) -> figures.put(name, value.toString()));
        return figures;
    }

    /** The figures of one corpus: of several rounds that with the least of what it is judged by. */
    private static final class Table {
        private final String corpus;
        private final Map<String, Map<String, String>> best = new LinkedHashMap<>();

        Table(String corpus) {
            this.corpus = corpus;
        }

        void add(String who, String run, Map<String, String> figures, String judgedBy) {
            String by = judgedBy.isEmpty() ? "cpu_ns_per_block" : judgedBy;
            best.merge(run + " " + who, figures, (former, now) -> value(now, by) < value(former, by) ? now : former);
        }

        void print() {
            best.forEach((row, figures) -> {
                StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-15s %-28s", corpus, row));
                figures.forEach((name, value) -> {
                    if (SHOWN.contains(name)) {
                        line.append(' ').append(name).append('=').append(value);
                    }
                });
                System.out.println(line);
            });
        }

        private static double value(Map<String, String> figures, String name) {
            return Double.parseDouble(figures.getOrDefault(name, "0"));
        }
    }

    private static final List<String> SHOWN = List.of(
            "cpu_ns_per_block",
            "million_block_ops_per_wall_s",
            "block_ops_per_wall_s",
            "p50_ns",
            "p99_ns",
            "p999_ns",
            "p50",
            "p99",
            "p999",
            "checked",
            "wrong",
            "over",
            "final_checked",
            "final_wrong",
            "counted_bytes_per_block",
            "heap_bytes_per_block",
            "clear_all_s",
            "counted_bytes_after_clear",
            "heap_bytes_after_clear",
            "live_per_unique",
            "live_per_unique_after_sweep",
            "live_after_clear_all");

    /** For running it without the {@code jynamo} command. */
    public static void main(String[] args) {
        System.exit(run(args));
    }
}
