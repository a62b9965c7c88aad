package io.jynamo.bench.load;

import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code jynamo bench load}: load on any OpenAI-compatible server, and what it felt like. */
public final class LoadCommand {
    static final String HELP = """
            Load on an OpenAI-compatible server.

              --target URL          http://HOST:PORT (default http://127.0.0.1:8080)
              --model NAME          model to ask for (default mock)
              --completions         /v1/completions instead of chat
              --no-stream           whole answers instead of streams
              --concurrency N       connections; without --rate also requests in flight (default 1)
              --rate R              open loop: R requests a second, Poisson; latencies count from when due
              --requests N          measured requests (default 500)
              --warmup N            requests before them (default: the concurrency)
              --time-limit S        start none after S seconds (default 60)
              --timeout S           of one request (default 120)
              --prompt-tokens N     about N of real text, unique in each request (default 1000)
              --words               few common words instead, as most generators send
              --corpus FOLDER       where the text is from (repeatable; default: this repository)
              --shared-tokens N     about N before them that are one of --groups G prefixes (default 0, 1)
              --output-tokens N     max_tokens (default 64)
              --extra JSON          more members of the body, '"temperature":0'
              --read-rate B         a slow reader: B bytes a second and client
              --quickack            acknowledge at once, which hides a server without TCP_NODELAY
              --pid LABEL=PID       report CPU and memory of a process (repeatable; Linux)
              --seed N              same seed, same prompts (default: new ones)
              --json FILE           write the report there, - for standard output

            Exit code: 0; 1 when requests failed; 2 for wrong arguments or no server.
            """;

    private LoadCommand() {}

    /** Runs the command and gives its exit code. */
    public static int run(String... args) {
        return run(System.out, System.err, args);
    }

    static int run(PrintStream out, PrintStream err, String... args) {
        try {
            Arguments arguments = new Arguments(args);
            if (arguments.has("help")) {
                out.print(HELP);
                return 0;
            }
            LoadOptions options = LoadOptions.of(arguments);
            String json = arguments.text("json", "");
            arguments.requireAllRead();
            LoadReport report = LoadGenerator.run(options);
            if (json.equals("-")) {
                out.println(report.toJson());
            } else {
                out.println(report.toTable());
                if (!json.isEmpty()) {
                    Files.writeString(Path.of(json), report.toJson());
                }
            }
            return report.errors().isEmpty() && report.requests() > 0 ? 0 : 1;
        } catch (JynamoException | IllegalArgumentException e) {
            err.println("bench load: " + e.getMessage());
            return 2;
        } catch (IOException e) {
            err.println("bench load: cannot run: " + e.getMessage() + "; is the server up?");
            return 2;
        }
    }

    /** For running it without the {@code jynamo} command. */
    public static void main(String[] args) {
        System.exit(run(args));
    }
}
