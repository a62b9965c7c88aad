package io.jynamo.cli;

import io.jynamo.bench.embedding.EmbeddingBench;
import io.jynamo.bench.engine.EngineBench;
import io.jynamo.bench.fleet.FleetBench;
import io.jynamo.bench.frontend.FrontendBench;
import io.jynamo.bench.grammar.GrammarBench;
import io.jynamo.bench.load.LoadCommand;
import io.jynamo.bench.router.DecisionBench;
import io.jynamo.bench.router.IndexBench;
import io.jynamo.bench.router.RouterBench;
import io.jynamo.bench.routing.RoutingBench;
import io.jynamo.bench.tokenizer.TokenizerBench;
import io.jynamo.cli.config.Nearest;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;

/** {@code jynamo bench}: runs one benchmark of the bench room with the arguments that follow its name. */
@Command(name = "bench", header = "Measure it, beside its peers where they are on this machine.")
final class BenchCommand implements Callable<Integer> {
    private static final Map<String, Benchmark> BENCHMARKS = benchmarks();

    @Parameters(
            arity = "0..*",
            paramLabel = "NAME [ARGUMENTS]",
            description = "Which, and its own arguments; 'bench NAME --help' lists them.")
    private List<String> arguments = List.of();

    /** A benchmark of the bench room: prints to standard output, returns its exit code. */
    @FunctionalInterface
    private interface Benchmark {
        int run(String... arguments) throws Exception;
    }

    /** The command; everything after a benchmark's name belongs to the benchmark. */
    static CommandSpec spec() {
        CommandSpec spec = CommandSpec.forAnnotatedObject(new BenchCommand());
        spec.parser().stopAtPositional(true);
        spec.usageMessage()
                .customSynopsis("jynamo bench NAME [ARGUMENTS]")
                .footer("%nBenchmarks: " + String.join(", ", BENCHMARKS.keySet()) + ".");
        return spec;
    }

    @Override
    public Integer call() throws Exception {
        String all = String.join(", ", BENCHMARKS.keySet());
        if (arguments.isEmpty()) {
            throw new JynamoException(ErrorCode.INVALID_CONFIGURATION, "which benchmark? One of " + all);
        }
        String name = arguments.getFirst();
        Benchmark benchmark = BENCHMARKS.get(name);
        if (benchmark == null) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "no benchmark " + name + Nearest.hint(name, BENCHMARKS.keySet()) + " (there are " + all + ")");
        }
        return benchmark.run(arguments.stream().skip(1).toArray(String[]::new));
    }

    private static Map<String, Benchmark> benchmarks() {
        Map<String, Benchmark> benchmarks = new LinkedHashMap<>();
        benchmarks.put("engine", EngineBench::run);
        benchmarks.put("embeddings", EmbeddingBench::run);
        benchmarks.put("tokenizer", TokenizerBench::run);
        benchmarks.put("grammar", GrammarBench::run);
        benchmarks.put("frontend", FrontendBench::run);
        benchmarks.put("fleet", FleetBench::run);
        benchmarks.put("load", LoadCommand::run);
        benchmarks.put("router", RouterBench::run);
        benchmarks.put("routing", RoutingBench::run);
        benchmarks.put("index", IndexBench::run);
        benchmarks.put("decision", DecisionBench::run);
        return benchmarks;
    }
}
