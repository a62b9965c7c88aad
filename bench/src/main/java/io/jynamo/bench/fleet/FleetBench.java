package io.jynamo.bench.fleet;

import io.jynamo.bench.load.Arguments;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code jynamo bench fleet}: a frontend's memory while workers join and leave, and how soon an engine hears that a client
 * hung up.
 */
public final class FleetBench {
    static final String HELP = """
            A fleet of real processes. Linux.

              --joins N         workers that join and leave a frontend, 250 at a time (default 10000; 0: none)
              --cancels N       clients that hang up in the middle of a stream (default 1000; 0: none)
              --model MODEL     whose tokenizer the cancels are served with (default: smollm2-135m-instruct)
            """;

    private FleetBench() {}

    /** Runs the command and gives its exit code. */
    public static int run(String... args) {
        try {
            Arguments arguments = new Arguments(args);
            if (arguments.has("help")) {
                System.out.print(HELP);
                return 0;
            }
            int joins = arguments.count("joins", 10_000);
            int cancels = arguments.count("cancels", 1_000);
            String model = arguments.text("model", "smollm2-135m-instruct");
            arguments.requireAllRead();
            run(System.out, new Processes(Files.createTempDirectory("jynamo-bench-fleet")), joins, cancels, model);
            return 0;
        } catch (JynamoException e) {
            System.err.println("bench fleet: " + e.getMessage());
            return 2;
        } catch (IOException e) {
            System.err.println("bench fleet: " + e);
            return 2;
        }
    }

    private static void run(PrintStream out, Processes processes, int joins, int cancels, String model)
            throws IOException {
        if (cancels > 0) {
            out.println(HangUps.HEAD);
            try (var engine = new WatchedEngine()) {
                out.println(HangUps.of("the engine alone", engine.url(), engine, cancels));
                try (var server = processes.serve(engine.url(), model)) {
                    out.println(HangUps.of("serve", server.url(), engine, cancels));
                }
                try (var frontend = processes.frontend();
                        var _ = processes.attached(engine.url(), model)) {
                    frontend.awaitModel();
                    out.println(HangUps.of("frontend and worker", frontend.url(), engine, cancels));
                }
            }
            out.println();
        }
        if (joins > 0) {
            try (var frontend = processes.frontend()) {
                new Joins(out, processes, frontend).run(joins);
            }
        }
    }

    /** The repository whose command is measured. */
    static Path root() {
        return Path.of(System.getProperty("jynamo.root", ".")).toAbsolutePath().normalize();
    }
}
