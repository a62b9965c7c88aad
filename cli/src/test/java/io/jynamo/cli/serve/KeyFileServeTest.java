package io.jynamo.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.YamlFile;
import io.jynamo.frontend.keys.KeyHash;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Keys of a file before a router and an engine that really share cached prompts. */
@Timeout(120)
class KeyFileServeTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    Path folder;

    private static String key(String name, String isolation) {
        return "{\"name\": \"" + name + "\", \"hash\": \"" + KeyHash.of("secret-" + name) + "\", \"isolation\": \""
                + isolation + "\"}";
    }

    @Test
    void tenants_share_their_own_cached_prompts_and_no_others() throws Exception {
        Path keys = Files.writeString(
                folder.resolve("keys.json"),
                "{\"keys\": [" + key("a", "tenant acme") + "," + key("b", "tenant acme") + "," + key("c", "key") + ","
                        + key("d", "none") + "]}");
        Path audit = folder.resolve("audit.log");
        try (var client = HttpClient.newHttpClient();
                ServeNode node = ServeNode.start(options(keys, audit), model -> folder)) {
            assertThat(cached(client, node, "a")).isZero();
            assertThat(cached(client, node, "b")).isPositive();
            assertThat(cached(client, node, "c")).isZero();
            assertThat(cached(client, node, "c")).isPositive();
            assertThat(cached(client, node, "d")).isZero();
            assertThat(cached(client, node, "a")).isPositive();
        }
        // Closing writes what waited.
        assertThat(Files.readAllLines(audit))
                .extracting(line -> JSON.readTree(line).path("key").asString(""))
                .containsExactly("a", "b", "c", "c", "d", "a");
    }

    private static int cached(HttpClient client, ServeNode node, String key) throws Exception {
        String body =
                "{\"model\": \"simulated\", \"max_tokens\": 2, \"prompt\": \"" + "lorem ipsum ".repeat(100) + "\"}";
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(URI.create(node.address() + "/v1/completions"))
                        .header("content-type", "application/json")
                        .header("authorization", "Bearer secret-" + key)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode usage = JSON.readTree(answer.body()).path("usage");
        return usage.at("/prompt_tokens_details/cached_tokens").asInt(0);
    }

    private static ServeOptions options(Path keys, Path audit) {
        Map<String, List<String>> flags = Map.of(
                "host", List.of("127.0.0.1"),
                "port", List.of("0"),
                "workers", List.of("1"),
                "served-model-name", List.of("simulated"),
                "api-keys-file", List.of(keys.toString()),
                "audit-log", List.of(audit.toString()),
                "engine", List.of("sim"));
        var problems = new Problems();
        var sources = new Configuration.Sources(flags, Map.of(), YamlFile.NONE);
        var options = ServeOptions.of(Configuration.resolve(ServeSettings.ALL, sources, problems), problems);
        problems.throwIfAny();
        return options;
    }
}
