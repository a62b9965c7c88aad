package io.jynamo.bench.routing;

import io.jynamo.bench.load.Arguments;
import io.jynamo.protocol.JynamoException;
import io.jynamo.simulation.Contender;
import io.jynamo.simulation.Fleet;
import io.jynamo.simulation.Run;
import io.jynamo.simulation.Simulation;
import io.jynamo.simulation.Tuning;
import io.jynamo.simulation.report.Figures;
import io.jynamo.simulation.report.HtmlReport;
import io.jynamo.simulation.report.TextTable;
import io.jynamo.simulation.workload.Workload;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code jynamo bench routing}: what each routing policy makes of the same workload, on simulated workers in virtual time.
 * The same seed gives the same digits.
 */
public final class RoutingBench {
    private static final String TUNED = "dynamo-tuned";
    private static final String TRACE = "../shared/data/traces/mooncake-conversation.jsonl";
    private static final String SOURCE =
            "https://github.com/kvcache-ai/Mooncake (FAST25-release/traces/conversation_trace.jsonl)";

    static final String HELP = """
            What routing policies make of a workload: the production router over simulated workers in virtual time.

              --workers N       simulated workers (default 8)
              --workload NAME   mooncake, shared-prompt, agents or all (default: all)
              --trace FILE      the trace of mooncake (default: ../shared/data/traces/mooncake-conversation.jsonl)
              --policies A,B    of round-robin, least-loaded, power-of-two, chwbl, dynamo, dynamo-tuned, time
                                (default: all)
              --seed N          of generated workloads, ties and draws (default 1)
              --report FILE     write a page with tables and plots (default: none)

            dynamo-tuned are the weights that do best on the first quarter of a trace, or on a generated workload of the
            next seed. Workers are like Dynamo's mock engine with its defaults. Some 15 s a policy for mooncake.
            """;

    private final PrintStream out;
    private final PrintStream progress;
    private final Fleet fleet;
    private final long seed;
    private final Set<String> policies;

    private RoutingBench(PrintStream out, PrintStream progress, Fleet fleet, long seed, Set<String> policies) {
        this.out = out;
        this.progress = progress;
        this.fleet = fleet;
        this.seed = seed;
        this.policies = policies;
    }

    /** Runs the command and gives its exit code. */
    public static int run(String... args) {
        return run(System.out, System.err, args);
    }

    static int run(PrintStream out, PrintStream progress, String... args) {
        try {
            Arguments arguments = new Arguments(args);
            if (arguments.has("help")) {
                out.print(HELP);
                return 0;
            }
            int workers = arguments.count("workers", 8);
            String workload = arguments.text("workload", "all");
            String trace = arguments.text("trace", "");
            Set<String> policies = policies(arguments.text("policies", "all"));
            long seed = arguments.wide("seed", 1);
            String report = arguments.text("report", "");
            arguments.requireAllRead();
            RoutingBench bench = new RoutingBench(out, progress, Fleet.ofMockers(workers), seed, policies);
            bench.run(bench.subjects(workload, trace), report);
            return 0;
        } catch (JynamoException e) {
            progress.println("bench routing: " + e.getMessage());
            return 2;
        } catch (IOException e) {
            progress.println("bench routing: the report could not be written: " + e);
            return 2;
        }
    }

    private static Set<String> policies(String asked) {
        Set<String> known = new LinkedHashSet<>(Contender.all().keySet());
        known.remove("time");
        known.add(TUNED);
        known.add("time");
        if (asked.equals("all")) {
            return known;
        }
        Set<String> chosen = new LinkedHashSet<>(List.of(asked.split(",", -1)));
        if (!known.containsAll(chosen)) {
            throw Arguments.wrong("--policies has '" + asked + "'; there are " + String.join(", ", known));
        }
        return chosen;
    }

    private List<Subject> subjects(String workload, String trace) {
        List<Subject> subjects = new ArrayList<>();
        for (String name : workload.equals("all") ? Subject.NAMES : List.of(workload)) {
            if (!name.equals("mooncake")) {
                subjects.add(Subject.generated(name, seed, fleet.workers()));
                continue;
            }
            Path file = trace.isEmpty() ? root().resolve(TRACE).normalize() : Path.of(trace);
            if (trace.isEmpty() && !Files.isRegularFile(file)) {
                progress.println("mooncake is left out: its trace is not here; get it from " + SOURCE
                        + " and give it as --trace FILE");
                continue;
            }
            subjects.add(Subject.trace(file));
        }
        return subjects;
    }

    private void run(List<Subject> subjects, String report) throws IOException {
        String setting = fleet.workers() + " workers like Dynamo's mock engine with its defaults, seed " + seed
                + ". Production router and scheduler, virtual time.";
        HtmlReport page = new HtmlReport(setting, Figures.Target.DEFAULT);
        for (Subject subject : subjects) {
            List<Run> runs = runs(subject);
            page.add(runs);
            List<Figures> figures = runs.stream()
                    .map(run -> Figures.of(run, Figures.Target.DEFAULT))
                    .toList();
            out.printf(
                    "%n%s: %d requests, %d workers, seed %d%n",
                    subject.whole().name(), subject.whole().requests(), fleet.workers(), seed);
            TextTable.lines(figures).forEach(out::println);
        }
        if (!report.isEmpty()) {
            Files.writeString(Path.of(report), page.html());
            out.printf("%nthe report is in %s%n", report);
        }
    }

    private List<Run> runs(Subject subject) {
        Map<String, Contender> all = Contender.all();
        List<Run> runs = new ArrayList<>();
        for (String name : policies) {
            Contender known = all.get(name);
            runs.add(run(subject.whole(), known == null ? tuned(subject.sample()) : known));
        }
        return runs;
    }

    private Contender tuned(Workload sample) {
        return Tuning.dynamo(
                fleet, sample, seed + 1, name -> say("tuning on " + sample.requests() + " requests: " + name));
    }

    private Run run(Workload workload, Contender contender) {
        int requests = workload.requests();
        Run run = Simulation.run(
                fleet,
                workload,
                contender,
                seed,
                Simulation.Checks.CHEAP,
                ended -> say(workload.name() + ", " + contender.name() + ": " + 100L * ended / requests + " %"));
        say("");
        return run;
    }

    /** One line that the next one writes over. */
    private void say(String line) {
        progress.printf("\r%-78s\r%s", "", line);
        progress.flush();
    }

    private static Path root() {
        return Path.of(System.getProperty("jynamo.root", ".")).toAbsolutePath().normalize();
    }

    /** For running it without the {@code jynamo} command. */
    public static void main(String[] args) {
        System.exit(run(args));
    }
}
