package io.jynamo.bench.tokenizer;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.text.Tokenizer;
import io.jynamo.text.Tokenizer.SpecialText;
import io.jynamo.text.tokenizer.Tokenizers;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Megabytes for one CPU second of one thread, on 4 MB of mixed text in pieces of 8,192 characters, ours beside others.
 *
 * <p>Ours is measured thrice: {@code cold}, the first pass of a fresh process, in which the JVM compiles; {@code first}, new tokenizers with
 * empty caches in a process that has compiled; and {@code best}, passes with the caches filled. The latter two are means of {@link #PASSES}
 * passes, because the system counts a process's time in hundredths of a second. CPU time is the whole process's, compiler and collector
 * included, as it is for the others.
 */
public final class TokenizerBench {
    private static final int PIECE = 8192;
    private static final int PASSES = 12;
    static final String HELP = """
            Speed of the tokenizer, beside the Hugging Face library and others where ../shared/tools/tokenizers is set up.

              --families A,B    folders of the vocabularies that ../shared/tools/tokenizers/fetch has put under
                                $JYNAMO_PEERS or ~/.cache/jynamo-peers (default: qwen3,llama3)
              --rivals A,B      default: library,tokenizers-fast,fastokens,gigatoken; none leaves them out
              --text FILE       default: 4 MB of mixed text that the same tool writes

            Exit code: 0; 2 for wrong arguments or nothing to measure with.
            """;
    private static final Pattern COMMA = Pattern.compile(",");

    private final PrintStream out;
    private final Path peers;
    private final Rivals rivals;

    private TokenizerBench(PrintStream out, Path peers, Rivals rivals) {
        this.out = out;
        this.peers = peers;
        this.rivals = rivals;
    }

    /** Entry of {@code java -cp … io.jynamo.bench.tokenizer.TokenizerBench}. */
    public static void main(String... args) {
        System.exit(run(args));
    }

    /** Runs and prints; the exit status: 0, or 2 where something it needs is not there. */
    public static int run(String... args) {
        String families = "qwen3,llama3";
        String engines = "library,tokenizers-fast,fastokens,gigatoken";
        Path text = null;
        for (int i = 0; i < args.length; i += 2) {
            if (args[i].equals("--help")) {
                System.out.print(HELP);
                return 0;
            }
            if (i + 1 == args.length) {
                System.err.println("bench tokenizer: " + args[i] + " needs a value; see --help");
                return 2;
            }
            switch (args[i]) {
                case "--families" -> families = args[i + 1];
                case "--rivals" -> engines = args[i + 1];
                case "--text" -> text = Path.of(args[i + 1]);
                default -> {
                    System.err.println("bench tokenizer: unknown argument " + args[i] + "; see --help");
                    return 2;
                }
            }
        }
        String set = System.getenv("JYNAMO_PEERS");
        Path peers = set != null ? Path.of(set) : Path.of(System.getProperty("user.home"), ".cache", "jynamo-peers");
        Path root = Path.of(System.getProperty("jynamo.root", "")).toAbsolutePath();
        var tools = new Rivals(root.resolve("../shared/tools/tokenizers").normalize(), peers);
        var bench = new TokenizerBench(System.out, peers, tools);
        try {
            Path corpus = text == null ? bench.corpus() : text;
            for (String family : COMMA.splitAsStream(families).toList()) {
                bench.family(
                        family,
                        corpus,
                        engines.equals("none")
                                ? List.of()
                                : COMMA.splitAsStream(engines).toList());
            }
            return 0;
        } catch (JynamoException | IOException e) {
            System.err.println("bench tokenizer: " + e.getMessage());
            return 2;
        }
    }

    private Path corpus() {
        Path corpus = peers.resolve("tokenizers/corpus.txt");
        if (!Files.exists(corpus)) {
            rivals.writeCorpus(corpus);
        }
        return corpus;
    }

    private void family(String name, Path corpus, List<String> engines) throws IOException {
        Path folder = peers.resolve("tokenizers/families").resolve(name);
        if (!Files.isDirectory(folder)) {
            throw new JynamoException(
                    ErrorCode.MODEL_FILE_MISSING,
                    "no " + folder + "; run shared/tools/tokenizers/fetch " + folder.getParent());
        }
        // The oracle reads its text with line ends made plain.
        String text = Files.readString(corpus).replace("\r\n", "\n").replace('\r', '\n');
        List<String> pieces = pieces(text);
        double megabytes = pieces.stream()
                        .mapToLong(p -> p.getBytes(StandardCharsets.UTF_8).length)
                        .sum()
                / 1e6;
        out.printf("%s, %.1f MB in %d pieces, MB for one CPU second of one thread%n", name, megabytes, pieces.size());
        out.printf("  %-28s %8s %8s %10s%n", "engine", "first", "best", "tokens");
        Speed ours = ours(folder, pieces, megabytes);
        print(ours);
        Speed library = null;
        double fastest = 0;
        for (String engine : engines) {
            Speed speed = rivals.measure(folder, corpus, engine);
            print(speed);
            library = engine.equals("library") ? speed : library;
            fastest = Math.max(fastest, speed.first());
        }
        if (library != null) {
            out.printf(
                    "  ours / library on the first pass %.1f, ours / fastest %.2f, ids %s%n",
                    ours.first() / library.first(),
                    ours.first() / fastest,
                    ours.tokens() == library.tokens() ? "as many" : "NOT AS MANY");
        }
    }

    private void print(Speed speed) {
        out.printf(
                "  %-28s %8.1f %8.1f %10d  %s%n",
                speed.engine(), speed.first(), speed.best(), speed.tokens(), speed.note());
    }

    private static Speed ours(Path folder, List<String> pieces, double megabytes) {
        long start = System.nanoTime();
        Tokenizer tokenizer = Tokenizers.fromFolder(folder);
        double loadedCold = (System.nanoTime() - start) / 1e6;
        double cold = megabytes / pass(tokenizer, pieces);
        for (int i = 0; i < PASSES; i++) {
            pass(i % 2 == 0 ? tokenizer : Tokenizers.fromFolder(folder), pieces);
        }
        start = System.nanoTime();
        Tokenizer fresh = Tokenizers.fromFolder(folder);
        double loaded = (System.nanoTime() - start) / 1e6;
        double first = 0;
        double again = 0;
        for (int i = 0; i < PASSES; i++) {
            first += pass(Tokenizers.fromFolder(folder), pieces);
            again += pass(tokenizer, pieces);
        }
        long tokens = 0;
        for (String piece : pieces) {
            tokens += fresh.encode(piece, SpecialText.PARSE).length;
        }
        String note = "cold process %.1f; load %.0f ms, %.0f cold".formatted(cold, loaded, loadedCold);
        return new Speed("jynamo", PASSES * megabytes / first, PASSES * megabytes / again, tokens, note);
    }

    private static double pass(Tokenizer tokenizer, List<String> pieces) {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long before = system.getProcessCpuTime();
        long tokens = 0;
        for (String piece : pieces) {
            tokens += tokenizer.encode(piece, SpecialText.PARSE).length;
        }
        if (tokens == 0) {
            throw new IllegalStateException("no tokens");
        }
        return (system.getProcessCpuTime() - before) / 1e9;
    }

    /** Pieces of so many code points, as the others are given them. */
    private static List<String> pieces(String text) {
        var pieces = new ArrayList<String>();
        int from = 0;
        while (from < text.length()) {
            int end = Math.min(text.length(), from + 2 * PIECE);
            int characters = text.codePointCount(from, end);
            int to = characters <= PIECE ? end : text.offsetByCodePoints(from, PIECE);
            pieces.add(text.substring(from, to));
            from = to;
        }
        return pieces;
    }
}
