package io.jynamo.bench.grammar;

import io.jynamo.protocol.JynamoException;
import io.jynamo.text.Tokenizer;
import io.jynamo.text.Tokenizer.SpecialText;
import io.jynamo.text.grammar.TokenMasks;
import io.jynamo.text.grammar.TokenVocabulary;
import io.jynamo.text.tokenizer.Tokenizers;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Microseconds for the mask of a next token over a real vocabulary, ours beside xgrammar's and llguidance's, on the same tokens of the same
 * answers in one run.
 *
 * <p>{@code cold} is a grammar just compiled, on its first walk; {@code warm} the same grammar on later ones. Ours shares what it knows of JSON's
 * strings and numbers between grammars, as a server does after its first requests; xgrammar computes its masks while it compiles, and the
 * compile time is in a column of its own. Rivals are called from Python, which adds about a microsecond to each of theirs.
 */
public final class GrammarBench {
    private static final int WARM_UP = 30;
    private static final int COLD_ROUNDS = 20;
    private static final int WARM_ROUNDS = 50;
    private static final String HELP = """
            Speed of token masks, beside xgrammar and llguidance where a Python has them.

              --family A        folder of the vocabulary that ../shared/tools/tokenizers/fetch has put under
                                $JYNAMO_PEERS or ~/.cache/jynamo-peers (default: llama3)
              --python FILE     a Python with llguidance, xgrammar or both installed (default: rivals are left out)

            Exit code: 0; 2 for wrong arguments or nothing to measure with.
            """;

    private final PrintStream out;
    private final Tokenizer tokenizer;
    private final TokenVocabulary vocabulary;
    private final int end;

    private GrammarBench(PrintStream out, Tokenizer tokenizer) {
        this.out = out;
        this.tokenizer = tokenizer;
        this.end = IntStream.range(0, tokenizer.vocabularySize())
                .filter(tokenizer::isSpecial)
                .findFirst()
                .orElse(0);
        this.vocabulary = TokenVocabulary.of(tokenizer, end);
    }

    /** Entry of {@code java -cp … io.jynamo.bench.grammar.GrammarBench}. */
    public static void main(String... args) {
        System.exit(run(args));
    }

    /** Runs and prints; the exit status: 0, or 2 where something it needs is not there. */
    public static int run(String... args) {
        String family = "llama3";
        Path python = null;
        for (int i = 0; i < args.length; i += 2) {
            if (args[i].equals("--help")) {
                System.out.print(HELP);
                return 0;
            }
            if (i + 1 == args.length) {
                System.err.println("bench grammar: " + args[i] + " needs a value; see --help");
                return 2;
            }
            switch (args[i]) {
                case "--family" -> family = args[i + 1];
                case "--python" -> python = Path.of(args[i + 1]);
                default -> {
                    System.err.println("bench grammar: unknown argument " + args[i] + "; see --help");
                    return 2;
                }
            }
        }
        String set = System.getenv("JYNAMO_PEERS");
        Path peers = set != null ? Path.of(set) : Path.of(System.getProperty("user.home"), ".cache", "jynamo-peers");
        Path folder = peers.resolve("tokenizers/families").resolve(family);
        if (!Files.isDirectory(folder)) {
            System.err.println(
                    "bench grammar: no " + folder + "; run shared/tools/tokenizers/fetch " + folder.getParent());
            return 2;
        }
        try {
            new GrammarBench(System.out, Tokenizers.fromFolder(folder)).all(folder, python);
            return 0;
        } catch (JynamoException e) {
            System.err.println("bench grammar: " + e.getMessage());
            return 2;
        }
    }

    private void all(Path folder, @Nullable Path python) {
        List<Case> cases = Case.all();
        List<int[][]> walks = cases.stream()
                .map(one -> one.answers().stream()
                        .map(answer -> tokenizer.encode(answer, SpecialText.PLAIN))
                        .toArray(int[][]::new))
                .toList();
        for (int round = 0; round < WARM_UP; round++) {
            for (int i = 0; i < cases.size(); i++) {
                measure(cases.get(i), walks.get(i));
            }
        }
        Map<String, Map<String, Timing>> rivals =
                python == null ? Map.of() : new Rivals(python).measure(folder, vocabulary, end, cases, walks);
        out.printf("%s, %d ids; microseconds for a mask%n", folder.getFileName(), vocabulary.size());
        out.printf(
                "  %-12s %-12s %10s %9s %9s %9s %9s%n",
                "constraint", "engine", "compile ms", "cold p50", "cold p99", "warm p50", "warm p99");
        for (int i = 0; i < cases.size(); i++) {
            String name = cases.get(i).name();
            var ours = measure(cases.get(i), walks.get(i));
            print(name, "jynamo", ours);
            for (var rival : rivals.entrySet()) {
                var theirs = rival.getValue().get(name);
                if (theirs != null) {
                    print(name, rival.getKey(), theirs);
                    out.printf(
                            "  %-12s %-12s %10s %9.2f %9.2f %9.2f %9.2f%n",
                            "",
                            "  ours/theirs",
                            "",
                            ours.cold50() / theirs.cold50(),
                            ours.cold99() / theirs.cold99(),
                            ours.warm50() / theirs.warm50(),
                            ours.warm99() / theirs.warm99());
                }
            }
        }
    }

    private void print(String constraint, String engine, Timing timing) {
        out.printf(
                "  %-12s %-12s %10.2f %9.1f %9.1f %9.1f %9.1f%n",
                constraint,
                engine,
                timing.compileMillis(),
                timing.cold50(),
                timing.cold99(),
                timing.warm50(),
                timing.warm99());
    }

    private Timing measure(Case one, int[][] walks) {
        var cold = new ArrayList<Double>();
        var warm = new ArrayList<Double>();
        double compile = Double.MAX_VALUE;
        for (int round = 0; round < COLD_ROUNDS; round++) {
            long start = System.nanoTime();
            var grammar = one.constraint().compile();
            compile = Math.min(compile, (System.nanoTime() - start) / 1e6);
            var masks = new TokenMasks(grammar, vocabulary);
            walk(one, masks, walks, cold);
            for (int i = 0; i < WARM_ROUNDS / COLD_ROUNDS + 1; i++) {
                walk(one, masks, walks, warm);
            }
        }
        return Timing.of(compile, cold, warm);
    }

    private void walk(Case one, TokenMasks masks, int[][] walks, List<Double> into) {
        var bits = new long[vocabulary.maskLength()];
        for (int[] tokens : walks) {
            var matcher = masks.matcher();
            for (int i = 0; i <= tokens.length; i++) {
                long start = System.nanoTime();
                matcher.mask(bits);
                into.add((System.nanoTime() - start) / 1e3);
                int token = i < tokens.length ? tokens[i] : end;
                if ((bits[token >> 6] >> token & 1) == 0 || !matcher.accept(token)) {
                    throw new IllegalStateException(one.name() + " does not allow its answer's token " + i);
                }
            }
        }
    }
}
