package io.jynamo.bench.frontend;

import io.jynamo.bench.load.Arguments;
import io.jynamo.bench.load.LoadGenerator;
import io.jynamo.bench.load.LoadReport;
import io.jynamo.bench.process.Child;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.ObjectMapper;

/**
 * {@code jynamo bench frontend}: our frontend over the simulated engine, Dynamo's over its mock workers, and gateways over
 * a mock engine, in one run. All are started first, then each cell goes round: one load for each target in turn, several
 * rounds, the same prompts for all.
 *
 * <p>The figures of {@code jynamo} are those of one process that holds frontend, router and engine; those of
 * {@code jynamo-fleet}, of the peers' too, are those of the frontend or gateway process alone.
 */
public final class FrontendBench {
    static final String HELP = """
            Our frontend beside others, in one run, with the same prompts. Linux.

              --targets A,B     of jynamo, jynamo-parsing (replies told apart, a tool offered), jynamo-fleet, dynamo,
                                dynamo-fastokens, smg, sglang-router (default: all that are set up)
              --cells A,B       kinds of load by name (default: all)
              --bounds          instead: memory under unique long prompts and slow readers
              --rounds N        rounds of each (default 3)
              --workers N       behind each frontend, ours and Dynamo's (default 4)
              --serve ARGS      more arguments for our server, 'A B C'
              --corpus FOLDER   where prompts of real text are from (repeatable; default: this repository)
              --json FILE       every report of every round

            The peers' set-up: dynamo/setup and gateways/setup among the tools beside this repository.
            """;

    /** A server runs for days and its compiler for half a minute: it is measured once the compiler takes less. */
    private static final double RESTING = 0.05;

    private static final int MOST_WARM_UPS = 25;

    private final PrintStream out;
    private final List<String> targets;
    private final List<Cell> cells;
    private final int rounds;
    private final boolean bounds;
    private final int workers;
    private final List<Path> corpus;
    private final Path root = Path.of(System.getProperty("jynamo.root", "."));
    private final List<String> serveArguments;
    private final List<Comparison> done = new ArrayList<>();

    private FrontendBench(PrintStream out, Arguments arguments) {
        this.out = out;
        this.targets = chosen(arguments.text("targets", ""), Launcher.NAMES);
        List<String> names = Cell.ALL.stream().map(Cell::name).toList();
        List<String> wanted = chosen(arguments.text("cells", ""), names);
        this.cells =
                Cell.ALL.stream().filter(cell -> wanted.contains(cell.name())).toList();
        this.rounds = arguments.count("rounds", 3);
        this.bounds = arguments.has("bounds");
        this.workers = arguments.count("workers", 4);
        List<String> folders = arguments.texts("corpus");
        this.corpus = folders.isEmpty()
                ? List.of(root, root.resolve("../shared/reference"))
                : folders.stream().map(Path::of).toList();
        String serve = arguments.text("serve", "").strip();
        this.serveArguments = serve.isEmpty() ? List.of() : List.of(serve.split("\\s+"));
    }

    /** Runs the command and gives its exit code. */
    public static int run(String... args) {
        try {
            Arguments arguments = new Arguments(args);
            if (arguments.has("help")) {
                System.out.print(HELP);
                return 0;
            }
            String json = arguments.text("json", "");
            FrontendBench bench = new FrontendBench(System.out, arguments);
            arguments.requireAllRead();
            bench.run();
            if (!json.isEmpty()) {
                bench.write(Path.of(json));
            }
            return 0;
        } catch (JynamoException e) {
            System.err.println("bench frontend: " + e.getMessage());
            return 2;
        } catch (IOException e) {
            System.err.println("bench frontend: " + e);
            return 2;
        }
    }

    private void run() throws IOException {
        Path logs = Files.createTempDirectory("jynamo-bench-frontend");
        if (bounds) {
            bounds(new Launcher(root, logs, false, workers, serveArguments));
            return;
        }
        for (boolean paced : new boolean[] {false, true}) {
            List<Cell> these =
                    cells.stream().filter(cell -> cell.paced() == paced).toList();
            if (!these.isEmpty()) {
                stage(new Launcher(root, logs, paced, workers, serveArguments), these);
            }
        }
    }

    private void bounds(Launcher launcher) throws IOException {
        for (String name : targets) {
            if (launcher.missing(name).isPresent()) {
                out.println("not measured: " + launcher.missing(name).get());
                continue;
            }
            try (Target target = launcher.start(name)) {
                Bounds measured = new Bounds(target, corpus);
                out.println(measured.uniquePrompts(400));
                out.println(measured.slowReaders(32, 10));
            }
        }
    }

    private void stage(Launcher launcher, List<Cell> these) throws IOException {
        List<Target> started = new ArrayList<>();
        try {
            for (String name : targets) {
                String missing = launcher.missing(name).orElse("");
                if (missing.isEmpty()) {
                    started.add(launcher.start(name));
                } else {
                    out.println("not measured: " + missing);
                }
            }
            for (Target target : started) {
                if (target.isJvm()) {
                    LoadGenerator.run(Cell.warmUp(these.getFirst().paced(), target, corpus));
                }
            }
            for (Cell cell : these) {
                out.println(measure(cell, started).toMarkdown());
                out.println();
            }
        } finally {
            started.reversed().forEach(Target::close);
        }
    }

    private Comparison measure(Cell cell, List<Target> started) throws IOException {
        Comparison comparison = new Comparison(cell);
        for (Target target : started) {
            warmUp(cell, target);
        }
        for (int round = 0; round < rounds; round++) {
            for (Target target : started) {
                LoadReport report = LoadGenerator.run(cell.load(target, corpus, round, false));
                if (report.requests() == 0) {
                    throw Child.failed(target.name() + " answered no request: " + report.errors());
                }
                comparison.add(target.name(), report);
            }
        }
        if (cell.isSingle() && cell.paced()) {
            for (Target target : started) {
                int tokens = (int)
                        Math.round(comparison.reports(target.name()).getFirst().promptTokens());
                comparison.floor(target.name(), target.floor().measure(tokens, cell.outputTokens(), cell.requests()));
            }
        }
        done.add(comparison);
        return comparison;
    }

    private void warmUp(Cell cell, Target target) throws IOException {
        if (cell.warmup() > 0) {
            LoadGenerator.run(cell.load(target, corpus, -1, true));
        }
        if (!target.isJvm() || cell.paced()) {
            return;
        }
        Cell longer = cell.withRequests(1_000);
        for (int round = 0; round < MOST_WARM_UPS; round++) {
            CompilerTime before = CompilerTime.of(target.pid());
            LoadGenerator.run(longer.load(target, corpus, -2 - round, false));
            if (CompilerTime.of(target.pid()).shareSince(before) < RESTING) {
                return;
            }
        }
        out.println(target.name() + " still compiles itself: its figures hold some of that");
    }

    private void write(Path file) throws IOException {
        Map<String, Object> all = new LinkedHashMap<>();
        for (Comparison comparison : done) {
            all.put(comparison.cell().name(), comparison.rounds());
        }
        Files.writeString(file, new ObjectMapper().writeValueAsString(all));
    }

    private static List<String> chosen(String given, List<String> known) {
        if (given.isEmpty()) {
            return known;
        }
        List<String> wanted = List.of(given.split(","));
        for (String name : wanted) {
            if (!known.contains(name)) {
                throw Arguments.wrong("there is no '" + name + "'; there are " + String.join(", ", known));
            }
        }
        return known.stream().filter(wanted::contains).toList();
    }

    /** For running it without the {@code jynamo} command. */
    public static void main(String[] args) {
        System.exit(run(args));
    }
}
