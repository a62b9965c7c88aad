package io.jynamo.bench.embedding;

import io.jynamo.engine.encoder.EncoderModel;
import io.jynamo.engine.encoder.EncoderPass;
import io.jynamo.engine.tensor.ThreadTeam;
import io.jynamo.engine.weights.EncoderConfig;
import io.jynamo.engine.weights.EncoderWeights;
import io.jynamo.protocol.EmbeddingRequest.Text;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.TokenIds;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** {@code jynamo bench embeddings}: texts a second of an encoder's forward pass, with ratios to torch's. */
public final class EmbeddingBench {
    static final String HELP = """
        Speed of the embedded encoders, beside torch where a Python with it and transformers is there.

          --model FOLDER    a Hugging Face folder (default: all-minilm-l6-v2, which ../shared/tools/models/fetch
                            has put under $JYNAMO_PEERS or ~/.cache/jynamo-peers)
          --threads N       default: all cores
          --seconds S       of each measurement (default 3)
          --rounds N        interleaved with torch; the median counts (default 3)
          --python FILE     runs torch (default: vllm/bin/python there)
          --no-peer         leave torch out

        Exit code: 0; 2 for wrong arguments or no model.
        """;

    /** As the engine batches by itself. */
    private static final int BATCH_TOKENS = 512;

    private EmbeddingBench() {}

    /** Runs the command and gives its exit code. */
    public static int run(String... args) {
        return run(System.out, System.err, args);
    }

    /** What was asked for. */
    private record Task(
            Path model,
            int threads,
            double seconds,
            int rounds,
            @Nullable Path python) {}

    static int run(PrintStream out, PrintStream err, String... args) {
        if (Arrays.asList(args).contains("--help")) {
            out.print(HELP);
            return 0;
        }
        try {
            report(out, task(args));
            return 0;
        } catch (IllegalArgumentException | JynamoException e) {
            err.println("bench embeddings: " + e.getMessage());
            err.println("bench embeddings: see --help");
            return 2;
        }
    }

    private static Task task(String... args) {
        Path peers = Optional.ofNullable(System.getenv("JYNAMO_PEERS"))
                .map(Path::of)
                .orElse(Path.of(System.getProperty("user.home"), ".cache", "jynamo-peers"));
        Path model = peers.resolve("models").resolve("all-minilm-l6-v2");
        int threads = Runtime.getRuntime().availableProcessors();
        double seconds = 3;
        int rounds = 3;
        Path python = peers.resolve("vllm").resolve("bin").resolve("python");
        boolean peer = true;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--model" -> model = Path.of(value(args, ++i));
                case "--threads" -> threads = Integer.parseInt(value(args, ++i));
                case "--seconds" -> seconds = Double.parseDouble(value(args, ++i));
                case "--rounds" -> rounds = Integer.parseInt(value(args, ++i));
                case "--python" -> python = Path.of(value(args, ++i));
                case "--no-peer" -> peer = false;
                default -> throw new IllegalArgumentException("unknown argument " + args[i]);
            }
        }
        if (threads < 1 || rounds < 1 || !(seconds > 0)) {
            throw new IllegalArgumentException("threads, rounds and seconds are above 0");
        }
        return new Task(model, threads, seconds, rounds, peer && Files.exists(python) ? python : null);
    }

    private static String value(String[] args, int at) {
        if (at >= args.length) {
            throw new IllegalArgumentException(args[at - 1] + " needs a value");
        }
        return args[at];
    }

    private static void report(PrintStream out, Task task) {
        try (EncoderWeights weights = EncoderWeights.open(task.model());
                ThreadTeam team = new ThreadTeam(task.threads())) {
            EncoderConfig config = weights.config();
            EncoderPass pass = new EncoderPass(EncoderModel.load(weights, team), team);
            TorchEncoder torch =
                    task.python() == null ? null : TorchEncoder.start(task.python(), task.model(), task.threads());
            try {
                out.printf(
                        "%s, %d threads, texts a second, median of %d%n",
                        task.model().getFileName(), task.threads(), task.rounds());
                out.printf(
                        "%-14s %10s %10s %8s   %s%n",
                        "texts x tokens", "jynamo", "torch", "ratio", torch == null ? "" : torch.version());
                for (Lengths lengths : Lengths.all(config.maxTokens())) {
                    row(out, task, lengths, pass, torch);
                }
            } finally {
                if (torch != null) {
                    torch.close();
                }
            }
        }
    }

    private static void row(
            PrintStream out, Task task, Lengths lengths, EncoderPass pass, @Nullable TorchEncoder torch) {
        List<List<Text>> batches = batches(lengths, pass.vocabularySize());
        measure(pass, batches, task.seconds()); // until what this shape needs is compiled
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        for (int round = 0; round < task.rounds(); round++) {
            ours.add(measure(pass, batches, task.seconds()));
            if (torch != null) {
                theirs.add(torch.measure(lengths, task.seconds()));
            }
        }
        double mine = median(ours);
        if (torch == null) {
            out.printf("%-14s %10.1f%n", lengths.name(), mine);
        } else {
            double other = median(theirs);
            out.printf(
                    "%-14s %10.1f %10.1f %8.2f   %s | %s%n", lengths.name(), mine, other, mine / other, ours, theirs);
        }
    }

    private static List<List<Text>> batches(Lengths lengths, int vocabulary) {
        Random random = new Random(2);
        List<List<Text>> batches = new ArrayList<>();
        List<Text> batch = new ArrayList<>();
        int tokens = 0;
        for (int length : lengths.each()) {
            if (!batch.isEmpty() && tokens + length > BATCH_TOKENS) {
                batches.add(batch);
                batch = new ArrayList<>();
                tokens = 0;
            }
            batch.add(Text.of(TokenIds.of(random.ints(length, 0, vocabulary).toArray())));
            tokens += length;
        }
        batches.add(batch);
        return batches;
    }

    private static double measure(EncoderPass pass, List<List<Text>> batches, double seconds) {
        long begun = System.nanoTime();
        long limit = (long) (seconds * 1e9);
        long texts = 0;
        while (System.nanoTime() - begun < limit) {
            for (List<Text> batch : batches) {
                pass.run(batch);
                texts += batch.size();
            }
        }
        return texts / ((System.nanoTime() - begun) / 1e9);
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
