package io.jynamo.cli.serve;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.YamlFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code serve} over {@link TinyLlama}, with an HTTP client. */
final class TinyServer implements AutoCloseable {
    static final JsonMapper JSON = new JsonMapper();
    static final String PLAIN_TEMPLATE = "{%- for m in messages -%}{{ m.role + ':' + m.content + ';' }}{%- endfor -%}";

    private final ServeNode node;
    private final HttpClient client = HttpClient.newHttpClient();

    TinyServer(Path folder) throws IOException {
        this(folder, PLAIN_TEMPLATE, Map.of());
    }

    /** @param more flags, by name */
    TinyServer(Path folder, String template, Map<String, String> more) throws IOException {
        this(TinyLlama.write(folder, template), more);
    }

    /** One whose engine says made-up sentences. */
    static TinyServer simulated() {
        return new TinyServer(Path.of("no-such-file"), Map.of("engine", "sim"));
    }

    private TinyServer(Path files, Map<String, String> more) {
        Map<String, List<String>> flags = new HashMap<>(Map.of(
                "host", List.of("127.0.0.1"),
                "port", List.of("0"),
                "served-model-name", List.of("tiny"),
                "engine", List.of("embedded"),
                "kv-blocks", List.of("600")));
        if (!more.containsKey("engine")) {
            flags.put("model", List.of("tiny"));
        }
        more.forEach((name, value) -> flags.put(name, List.of(value)));
        var problems = new Problems();
        var sources = new Configuration.Sources(flags, Map.of(), YamlFile.NONE);
        var options = ServeOptions.of(Configuration.resolve(ServeSettings.ALL, sources, problems), problems);
        problems.throwIfAny();
        node = ServeNode.start(options, model -> files);
    }

    /** The response to a JSON body that is given with single quotes. */
    HttpResponse<String> post(String path, String body) {
        var request = HttpRequest.newBuilder(node.address().resolve(path))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
                .build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    /** The answer to a chat of one message, with further members in single quotes. */
    HttpResponse<String> chat(String more) {
        return post(
                "/v1/chat/completions",
                "{'model':'tiny','messages':[{'role':'user','content':'say something'}]," + more + "}");
    }

    static JsonNode json(HttpResponse<String> response) {
        return JSON.readTree(response.body());
    }

    @Override
    public void close() {
        client.close();
        node.close();
    }
}
