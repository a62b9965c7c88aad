package io.jynamo.cli.ask;

import io.jynamo.cli.ExitCode;
import io.jynamo.cli.log.LogFormat;
import io.jynamo.cli.log.LogLevel;
import io.jynamo.cli.log.Logs;
import io.jynamo.cli.serve.InProcessServer;
import java.io.PrintWriter;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jynamo ask}: sends one chat message and prints the answer as it comes. */
@Command(
        name = "ask",
        header = "Ask a model one question and print the answer as it is generated.",
        description = {
            "Asks the server at --url. If none runs there and --url was not given, a server is started in this process for"
                    + " this one question; the first time that pulls the default model."
        })
public final class AskCommand implements Callable<Integer> {
    private static final URI DEFAULT_SERVER = URI.create("http://127.0.0.1:8000");

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "QUESTION", arity = "1..*", description = "What to ask.")
    private List<String> words = List.of();

    @Option(names = "--url", paramLabel = "URL", description = "Server to ask. Default: http://127.0.0.1:8000.")
    private @Nullable URI url;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description = "Model to ask: a served name, or for a server of its own what serve --model takes.")
    private @Nullable String model;

    @Option(names = "--engine", paramLabel = "embedded|sim", description = "Engine of a server of its own.")
    private @Nullable String engine;

    @Option(names = "--system", paramLabel = "TEXT", description = "System message before the question.")
    private @Nullable String system;

    @Option(names = "--max-tokens", paramLabel = "N", description = "Tokens of the answer at most. Default: 512.")
    private int maxTokens = 512;

    @Option(names = "--temperature", paramLabel = "X", description = "0 for the most likely words; up to 2.")
    private @Nullable Double temperature;

    @Option(names = "--api-key", paramLabel = "KEY", description = "Key of the server; also JYNAMO_API_KEY.")
    private @Nullable String apiKey;

    @Override
    public Integer call() throws InterruptedException {
        Logs.install(LogFormat.TEXT, LogLevel.WARN);
        URI server = url == null ? DEFAULT_SERVER : url;
        var question = new Question(String.join(" ", words), system, model, maxTokens, temperature);
        var client = new ChatClient(server, ClientKey.of(apiKey));
        if (url != null || client.answers()) {
            return print(client, question);
        }
        try (var own = InProcessServer.start(Optional.ofNullable(model), Optional.ofNullable(engine))) {
            // Its one model is the one that was named: the served name may be shorter than a path.
            return print(new ChatClient(own.address(), Optional.empty()), question.withModel(null));
        }
    }

    private int print(ChatClient client, Question question) throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        try {
            client.ask(question, text -> {
                out.print(text);
                out.flush();
            });
            out.println();
            return ExitCode.OK.number();
        } catch (ServerRefusal refused) {
            spec.commandLine().getErr().println("error " + refused.getMessage());
            return ExitCode.SERVER_REFUSED.number();
        }
    }
}
