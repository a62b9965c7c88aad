package io.jynamo.bench.engine;

import io.jynamo.engine.tensor.ThreadTeam;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** {@code jynamo bench engine}: tokens a second of the forward pass, model by model, with ratios to llama.cpp's. */
public final class EngineBench {
    static final String HELP = """
            Speed of the embedded engine, beside llama.cpp where ../shared/tools/llama-cpp is set up.

              --model FILE      a .gguf file or a Hugging Face folder (repeatable; default: the models that
                                ../shared/tools/models/fetch has put under $JYNAMO_PEERS or ~/.cache/jynamo-peers)
              --threads N       default: all cores
              --rounds N        interleaved with llama.cpp; the median counts (default 3)
              --no-peer         leave llama.cpp out

            Exit code: 0; 2 for wrong arguments or no model.
            """;

    private EngineBench() {}

    /** Runs the command and gives its exit code. */
    public static int run(String... args) {
        return run(System.out, System.err, args);
    }

    static int run(PrintStream out, PrintStream err, String... args) {
        List<Path> models = new ArrayList<>();
        int threads = Runtime.getRuntime().availableProcessors();
        int rounds = 3;
        boolean peer = true;
        try {
            for (int i = 0; i < args.length; i++) {
                switch (args[i]) {
                    case "--help" -> {
                        out.print(HELP);
                        return 0;
                    }
                    case "--model" -> models.add(Path.of(value(args, ++i)));
                    case "--threads" -> threads = positive(value(args, ++i));
                    case "--rounds" -> rounds = positive(value(args, ++i));
                    case "--no-peer" -> peer = false;
                    default -> throw new IllegalArgumentException("unknown argument " + args[i]);
                }
            }
            if (models.isEmpty()) {
                models.addAll(fetched());
            }
            if (models.isEmpty()) {
                throw new IllegalArgumentException("no model: name one with --model");
            }
            try (ThreadTeam team = new ThreadTeam(threads)) {
                for (Path model : models) {
                    report(out, model, team, rounds, peer);
                }
            }
            return 0;
        } catch (IllegalArgumentException | JynamoException e) {
            err.println("bench engine: " + e.getMessage());
            err.println("bench engine: see --help");
            return 2;
        }
    }

    private static void report(PrintStream out, Path model, ThreadTeam team, int rounds, boolean peer) {
        List<LlamaCpp> peers = peer ? LlamaCpp.installed(team.size()) : List.of();
        List<EngineFigures> ours = new ArrayList<>();
        List<List<EngineFigures>> theirs = new ArrayList<>();
        peers.forEach(p -> theirs.add(new ArrayList<>()));
        List<Double> bandwidths = new ArrayList<>();
        EngineRun run = EngineRun.load(model, team);
        for (int round = 0; round < rounds; round++) {
            bandwidths.add(MemoryBandwidth.gigabytesPerSecond(team));
            ours.add(run.measure());
            for (int i = 0; i < peers.size(); i++) {
                theirs.get(i).add(peers.get(i).measure(model));
            }
        }
        EngineFigures mine = EngineFigures.median(ours);
        double memory = EngineFigures.median(bandwidths.stream());
        out.printf("%n%s, %d threads, median of %d rounds%n", model.getFileName(), team.size(), rounds);
        out.printf(
                "load %.2f s warm (first %.2f s), %d MB packed%n",
                run.loadSeconds(), run.firstLoadSeconds(), run.packedBytes() / 1_000_000);
        double read = mine.decode() * run.packedBytes() / 1e9;
        out.printf(
                Locale.ROOT,
                "memory reads %.1f GB/s in this run; decode reads %.1f GB/s of weights, %.0f %% of it%n",
                memory,
                read,
                100 * read / memory);
        out.printf("%-28s %10s %10s %10s %10s%n", "tokens a second", "prefill", "decode", "batch 8", "batch 16");
        row(out, "jynamo", mine);
        for (int i = 0; i < peers.size(); i++) {
            EngineFigures other = EngineFigures.median(theirs.get(i));
            row(out, peers.get(i).name(), other);
            row(out, "  jynamo / " + peers.get(i).name(), mine.over(other));
        }
        out.println("step time with a prompt's chunk beside 8 decoding streams (their inter-token gap):");
        for (int chunk : new int[] {0, 64, 128, 256, 512}) {
            out.printf(Locale.ROOT, "  chunk %3d at position 4096: %.1f ms%n", chunk, run.mixedStepMillis(chunk));
        }
        run.close();
    }

    private static void row(PrintStream out, String name, EngineFigures figures) {
        out.printf(
                Locale.ROOT,
                "%-28s %10.2f %10.2f %10.2f %10.2f%n",
                name,
                figures.prefill(),
                figures.decode(),
                figures.batch8(),
                figures.batch16());
    }

    private static String value(String[] args, int at) {
        if (at == args.length) {
            throw new IllegalArgumentException(args[at - 1] + " needs a value");
        }
        return args[at];
    }

    private static int positive(String text) {
        int value = Integer.parseInt(text);
        if (value < 1) {
            throw new IllegalArgumentException(text + " is not positive");
        }
        return value;
    }

    /** Where the project's tools keep what they download. */
    static Path peers() {
        return Optional.ofNullable(System.getenv("JYNAMO_PEERS"))
                .map(Path::of)
                .orElse(Path.of(System.getProperty("user.home"), ".cache", "jynamo-peers"));
    }

    private static List<Path> fetched() {
        Path folder = peers().resolve("models");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".gguf")).sorted().toList();
        } catch (IOException e) {
            throw new IllegalArgumentException(folder + " cannot be listed", e);
        }
    }
}
