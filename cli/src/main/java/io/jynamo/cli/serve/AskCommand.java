package io.jynamo.cli.serve;

import io.jynamo.cli.ExitCode;
import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.YamlFile;
import io.jynamo.cli.log.Logs;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jynamo ask}: one question, its answer streamed to the terminal. */
@Command(
        name = "ask",
        header = "Ask a model one question and stream its answer.",
        description = "Asks the server that runs on this machine; where none does, starts one for this question.",
        sortOptions = false)
public final class AskCommand implements Callable<Integer> {
    private static final URI DEFAULT_SERVER = URI.create("http://127.0.0.1:8000");

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "QUESTION", description = "Words of the question; - reads standard input.")
    private List<String> words = List.of();

    @Option(names = "--url", paramLabel = "URL", description = "Server to ask. Default: http://127.0.0.1:8000.")
    private @Nullable URI url;

    @Option(names = "--model", paramLabel = "MODEL", description = "Model to ask. Default: the server's first.")
    private @Nullable String model;

    @Option(
            names = "--engine",
            paramLabel = "embedded|sim",
            description = "Engine of a server that has to be started. Default: embedded.")
    private @Nullable String engine;

    @Option(names = "--system", paramLabel = "TEXT", description = "System message.")
    private @Nullable String system;

    @Option(names = "--max-tokens", paramLabel = "N", description = "Longest answer.")
    private @Nullable Integer maxTokens;

    @Option(names = "--temperature", paramLabel = "X", description = "0 always takes the likeliest token.")
    private @Nullable Double temperature;

    @Option(names = "--seed", paramLabel = "N", description = "Same seed, same answer.")
    private @Nullable Long seed;

    @Option(names = "--api-key", paramLabel = "KEY", description = "Key of the server; better as JYNAMO_API_KEY.")
    private @Nullable String apiKey;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        var client = new ChatClient(url == null ? DEFAULT_SERVER : url, apiKey == null ? keyOfEnvironment() : apiKey);
        if (client.isThere()) {
            answer(client, out);
        } else if (url != null) {
            throw ChatClient.unreachable(url);
        } else {
            try (ServeNode node = startServer()) {
                answer(new ChatClient(node.address(), keyOfEnvironment()), out);
            }
        }
        return ExitCode.OK.number();
    }

    private void answer(ChatClient client, PrintWriter out) throws IOException, InterruptedException {
        String asked = model == null ? client.firstModel() : model;
        client.chat(body(asked), text -> {
            out.print(text);
            out.flush();
        });
        out.println();
        out.flush();
    }

    private Map<String, Object> body(String askedModel) throws IOException {
        String question = words.equals(List.of("-"))
                ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                : String.join(" ", words);
        Map<String, Object> user = Map.of("role", "user", "content", question);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("model", askedModel);
        body.put(
                "messages",
                system == null ? List.of(user) : List.of(Map.of("role", "system", "content", system), user));
        body.put("stream", true);
        putIfGiven(body, "max_completion_tokens", maxTokens);
        putIfGiven(body, "temperature", temperature);
        putIfGiven(body, "seed", seed);
        return body;
    }

    private static void putIfGiven(Map<String, Object> body, String name, @Nullable Object value) {
        if (value != null) {
            body.put(name, value);
        }
    }

    /** A server on a free port, quiet unless something is wrong; its settings come from the environment as serve's do. */
    private ServeNode startServer() {
        Map<String, List<String>> flags = new LinkedHashMap<>();
        flags.put("port", List.of("0"));
        flags.put("host", List.of("127.0.0.1"));
        flags.put("workers", List.of("1"));
        flags.put("log-level", List.of("warn"));
        if (model != null) {
            flags.put("model", List.of(model));
            flags.put("served-model-name", List.of(model));
        }
        if (engine != null) {
            flags.put("engine", List.of(engine));
        }
        var problems = new Problems();
        var sources = new Configuration.Sources(flags, System.getenv(), YamlFile.NONE);
        var options = ServeOptions.of(Configuration.resolve(ServeSettings.ALL, sources, problems), problems);
        problems.throwIfAny();
        Logs.install(options.log().format(), options.log().level());
        return ServeNode.start(options);
    }

    private static @Nullable String keyOfEnvironment() {
        String keys = System.getenv(ServeSettings.API_KEY.variable());
        return keys == null || keys.isEmpty() ? null : keys.split(",", 2)[0].strip();
    }
}
