package io.jynamo.bench.load;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a load run does.
 *
 * @param target scheme, host and port of the server
 * @param shape what each request looks like
 * @param concurrency connections; in the closed loop also requests in flight
 * @param rate requests per second of an open loop (Poisson arrivals), or 0 for a closed loop
 * @param warmup requests before the measured ones
 * @param requests measured requests
 * @param timeLimit no request starts after it
 * @param timeout of one request
 * @param readRate bytes per second each client takes, or 0 for all it can
 * @param quickAck acknowledge at once, which hides a server without TCP_NODELAY
 * @param processes whose CPU and memory to report, by label
 */
public record LoadOptions(
        URI target,
        Shape shape,
        int concurrency,
        double rate,
        int warmup,
        int requests,
        Duration timeLimit,
        Duration timeout,
        int readRate,
        boolean quickAck,
        Map<String, Long> processes) {

    /**
     * What requests look like.
     *
     * @param model name to ask for
     * @param chat chat completions, else completions
     * @param stream ask for server-sent events
     * @param promptTokens about so many of each request's own
     * @param sharedTokens about so many before them that are one of {@code groups} prefixes
     * @param outputTokens {@code max_tokens}
     * @param words few words instead of real text
     * @param corpus folders of the text
     * @param extra further members of the body, {@code "name": value}, or empty
     */
    public record Shape(
            String model,
            boolean chat,
            boolean stream,
            int promptTokens,
            int sharedTokens,
            int groups,
            int outputTokens,
            boolean words,
            List<Path> corpus,
            String extra,
            long seed) {
        public Shape {
            corpus = List.copyOf(corpus);
        }
    }

    public LoadOptions {
        processes = Map.copyOf(processes);
        require(concurrency >= 1 && concurrency <= 20_000, "--concurrency must be within 1..20000");
        require(requests >= 1, "--requests must be at least 1");
        require(warmup >= 0, "--warmup must not be negative");
        require(rate >= 0, "--rate must not be negative");
        require(shape.promptTokens() >= 1, "--prompt-tokens must be at least 1");
        require(shape.outputTokens() >= 1, "--output-tokens must be at least 1");
        require(shape.groups() >= 1, "--groups must be at least 1");
        require("http".equals(target.getScheme()) && target.getHost() != null, "--target must be http://HOST:PORT");
    }

    static LoadOptions of(Arguments arguments) {
        Shape shape = new Shape(
                arguments.text("model", "mock"),
                !arguments.has("completions"),
                !arguments.has("no-stream"),
                arguments.count("prompt-tokens", 1000),
                arguments.count("shared-tokens", 0),
                arguments.count("groups", 1),
                arguments.count("output-tokens", 64),
                arguments.has("words"),
                corpus(arguments),
                arguments.text("extra", ""),
                arguments.wide("seed", System.nanoTime()));
        int concurrency = arguments.count("concurrency", 1);
        return new LoadOptions(
                URI.create(arguments.text("target", "http://127.0.0.1:8080")),
                shape,
                concurrency,
                arguments.number("rate", 0),
                arguments.count("warmup", concurrency),
                arguments.count("requests", 500),
                arguments.seconds("time-limit", Duration.ofSeconds(60)),
                arguments.seconds("timeout", Duration.ofSeconds(120)),
                arguments.count("read-rate", 0),
                arguments.has("quickack"),
                processes(arguments.texts("pid")));
    }

    private static List<Path> corpus(Arguments arguments) {
        List<String> given = arguments.texts("corpus");
        return given.isEmpty()
                ? defaultCorpus(Path.of(System.getProperty("jynamo.root", ".")))
                : given.stream().map(Path::of).toList();
    }

    /** The texts of this repository, and the reference texts beside it where they are. */
    static List<Path> defaultCorpus(Path root) {
        return List.of(root, root.resolve("../shared/reference"));
    }

    private static Map<String, Long> processes(List<String> given) {
        Map<String, Long> processes = new LinkedHashMap<>();
        for (String each : given) {
            int equals = each.indexOf('=');
            try {
                processes.put(
                        equals < 0 ? "pid " + each : each.substring(0, equals),
                        Long.parseLong(each.substring(equals + 1)));
            } catch (NumberFormatException e) {
                throw Arguments.wrong("--pid must be LABEL=PID: '" + each + "'");
            }
        }
        return processes;
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw Arguments.wrong(message);
        }
    }

    /** The same against another server, with other processes. */
    LoadOptions against(URI other, String model, Map<String, Long> measured) {
        Shape asked = new Shape(
                model,
                shape.chat,
                shape.stream,
                shape.promptTokens,
                shape.sharedTokens,
                shape.groups,
                shape.outputTokens,
                shape.words,
                new ArrayList<>(shape.corpus),
                shape.extra,
                shape.seed);
        return new LoadOptions(
                other, asked, concurrency, rate, warmup, requests, timeLimit, timeout, readRate, quickAck, measured);
    }
}
