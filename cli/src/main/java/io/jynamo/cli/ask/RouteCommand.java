package io.jynamo.cli.ask;

import io.jynamo.cli.ExitCode;
import io.jynamo.cli.log.LogFormat;
import io.jynamo.cli.log.LogLevel;
import io.jynamo.cli.log.Logs;
import io.jynamo.cli.models.Table;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code jynamo route}: what a server's router would do. */
@Command(name = "route", header = "Ask a server where it would send a request, and why.")
public final class RouteCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    /** The command with its sub-command. */
    public static CommandSpec spec() {
        CommandSpec route = CommandSpec.forAnnotatedObject(new RouteCommand());
        CommandSpec explain = CommandSpec.forAnnotatedObject(new Explain());
        explain.mixinStandardHelpOptions(true);
        return route.addSubcommand("explain", explain);
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.USAGE.number();
    }

    /** {@code jynamo route explain}: the candidates of one request as a table. */
    @Command(
            name = "explain",
            header = "Show which worker a request would go to now, and what the others would cost.",
            description = "Nothing is sent to a worker or booked on one.")
    static final class Explain implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Parameters(paramLabel = "QUESTION", arity = "0..*", description = "What would be asked.")
        private List<String> words = List.of();

        @Option(
                names = "--body",
                paramLabel = "FILE",
                description = "Body of a chat or completion request, instead of a question.")
        private @Nullable Path body;

        @Option(
                names = "--url",
                paramLabel = "URL",
                defaultValue = "http://127.0.0.1:8000",
                description = "Server to ask. Default: ${DEFAULT-VALUE}.")
        private URI url = URI.create("http://127.0.0.1:8000");

        @Option(names = "--model", paramLabel = "MODEL", description = "Served name; by default the server's first.")
        private @Nullable String model;

        @Option(names = "--system", paramLabel = "TEXT", description = "System message before the question.")
        private @Nullable String system;

        @Option(names = "--api-key", paramLabel = "KEY", description = "Key of the server; also JYNAMO_API_KEY.")
        private @Nullable String apiKey;

        @Option(names = "--json", description = "Print the server's answer as it is.")
        private boolean json;

        @Override
        public Integer call() throws InterruptedException {
            Logs.install(LogFormat.TEXT, LogLevel.WARN);
            if (words.isEmpty() == (body == null)) {
                throw new ParameterException(spec.commandLine(), "give either a question or --body FILE");
            }
            String variable = System.getenv("JYNAMO_API_KEY");
            var client = new ChatClient(
                    url,
                    Optional.ofNullable(apiKey == null ? variable : apiKey).map(keys -> keys.split(",", 2)[0].strip()));
            var question = new Question(String.join(" ", words), system, model, 1, null);
            JsonNode answer = client.explain(body == null ? client.body(question) : read(body));
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.println(answer);
            } else {
                answer.path("prompts").forEach(prompt -> print(prompt, out));
            }
            out.flush();
            return ExitCode.OK.number();
        }

        private String read(Path file) {
            try {
                return Files.readString(file);
            } catch (IOException unreadable) {
                throw new ParameterException(spec.commandLine(), "--body cannot be read: " + unreadable, unreadable);
            }
        }

        private static void print(JsonNode prompt, PrintWriter out) {
            JsonNode route = prompt.path("route");
            String chosen = route.path("worker").asString("");
            out.println("worker " + chosen + " by " + route.path("policy").asString("") + ": "
                    + route.path("reason").asString("") + " ("
                    + prompt.path("prompt_tokens").asInt(0)
                    + " prompt tokens in blocks of " + prompt.path("block_size").asInt(0) + ")");
            var table = new Table("", "WORKER", "COST", "CACHED BLOCKS", "BOOKED PREFILL", "BOOKED BLOCKS");
            for (JsonNode one : route.path("candidates")) {
                table.add(
                        one.path("worker").asString("").equals(chosen) ? "*" : "",
                        one.path("worker").asString(""),
                        one.path("cost").asString(""),
                        one.path("cached_blocks").asString(""),
                        one.path("booked_prefill_tokens").asString(""),
                        one.path("booked_blocks").asString(""));
            }
            table.print(out);
            if (route.has("more_candidates")) {
                out.println("and " + route.path("more_candidates").asString("") + " more");
            }
        }
    }
}
