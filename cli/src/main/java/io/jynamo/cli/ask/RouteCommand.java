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
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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
            var client = new ChatClient(url, ClientKey.of(apiKey));
            var question = new Question(String.join(" ", words), system, model, 1, null);
            JsonNode answer;
            try {
                answer = client.explain(body == null ? client.body(question) : read(body));
            } catch (ServerRefusal refused) {
                spec.commandLine().getErr().println("error " + refused.getMessage());
                return ExitCode.SERVER_REFUSED.number();
            }
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
            List<String> terms = terms(route.path("candidates"));
            List<String> heads = new ArrayList<>(List.of("", "WORKER", "CACHED", "BOOKED PREFILL", "BOOKED BLOCKS"));
            terms.forEach(term -> heads.add(term.toUpperCase(Locale.ROOT).replace('_', ' ')));
            heads.add("COST");
            var table = new Table(heads.toArray(String[]::new));
            for (JsonNode one : route.path("candidates")) {
                List<String> row = new ArrayList<>(List.of(
                        one.path("worker").asString("").equals(chosen) ? "*" : "",
                        one.path("worker").asString(""),
                        cached(one),
                        one.path("booked_prefill_tokens").asString(""),
                        one.path("booked_blocks").asString("")));
                terms.forEach(term -> row.add(number(one.path("terms").path(term))));
                row.add(number(one.path("cost")));
                table.add(row.toArray(String[]::new));
            }
            table.print(out);
            if (route.has("more_candidates")) {
                out.println("and " + route.path("more_candidates").asString("") + " more");
            }
        }

        /** Parts of the costs that are not nothing for every candidate, in the server's order. */
        private static List<String> terms(JsonNode candidates) {
            Set<String> told = new LinkedHashSet<>();
            candidates.forEach(one -> one.path("terms").properties().forEach(term -> told.add(term.getKey())));
            told.removeIf(term -> candidates
                    .valueStream()
                    .allMatch(one -> one.path("terms").path(term).asDouble(0) == 0));
            return List.copyOf(told);
        }

        /** Blocks found on the device, and what each slower tier adds. */
        private static String cached(JsonNode candidate) {
            StringBuilder text = new StringBuilder();
            for (Map.Entry<String, JsonNode> tier : candidate.path("tiers").properties()) {
                int blocks = tier.getValue().asInt(0);
                if (blocks > 0 || text.isEmpty()) {
                    String where = tier.getKey().equals("device") ? "" : " " + tier.getKey();
                    text.append(text.isEmpty() ? "" : " + ").append(blocks).append(where);
                }
            }
            return text.toString();
        }

        private static String number(JsonNode value) {
            return String.format(Locale.ROOT, "%.2f", value.asDouble(0)).replaceAll("\\.?0+$", "");
        }
    }
}
