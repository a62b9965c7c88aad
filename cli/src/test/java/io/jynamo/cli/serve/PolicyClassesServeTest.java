package io.jynamo.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.YamlFile;
import io.jynamo.protocol.JynamoException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Policy classes of a file before a simulated engine that has one place. */
@Timeout(120)
class PolicyClassesServeTest {
    private static final String CLASSES = """
            default_policy_family: standard
            uncached_isl_buckets:
              - {min_tokens: 0, bucket: short}
              - {min_tokens: 400, bucket: long}
            policy_classes:
              - {name: std_short, policy_family: standard, cache_bucket: short, quantum: 512}
              - {name: std_long, policy_family: standard, cache_bucket: long, quantum: 512,
                 request_queue_limit_per_worker: 1}
              - {name: fast_short, policy_family: fast, cache_bucket: short, quantum: 4096}
              - {name: fast_long, policy_family: fast, cache_bucket: long, quantum: 4096}
            """;
    private static final String LONG = "lorem ipsum ".repeat(100);

    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void requestsWaitInTheClassOfTheirFamilyAndPrompt() throws Exception {
        Path file = Files.writeString(folder.resolve("classes.yaml"), CLASSES);
        try (client;
                ServeNode node = ServeNode.start(options(file), model -> folder)) {
            HttpResponse<InputStream> running = client.send(
                    request(node, "hello", "", "\"stream\": true, \"max_tokens\": 3000"), BodyHandlers.ofInputStream());
            assertThat(running.statusCode()).isEqualTo(200);
            var fast = ask(node, "hello", "fast");
            var slow = ask(node, LONG, "nobody's");
            await(node, "fast_short", 1);
            await(node, "std_long", 1);
            await(node, "fast_long", 0);

            HttpResponse<String> refused = ask(node, LONG, "").get(60, TimeUnit.SECONDS);
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(529);
            assertThat(refused.body())
                    .contains("\"overloaded\"")
                    .contains("class `std_long`")
                    .contains("1 for each of 1 workers");
            assertThat(refused.headers().firstValueAsLong("retry-after").orElseThrow())
                    .isPositive();

            running.body().close();
            assertThat(fast.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            assertThat(slow.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            await(node, "std_long", 0);
        }
    }

    @Test
    void aWrongFileStopsTheStart() throws Exception {
        Path file = Files.writeString(folder.resolve("classes.yaml"), CLASSES.replace("quantum: 4096", "weight: 3"));
        assertThatThrownBy(() -> options(file))
                .isInstanceOf(JynamoException.class)
                .hasMessageContaining("classes.yaml: policy_classes[2].weight is not known here");
    }

    private void await(ServeNode node, String policyClass, int waiting) throws Exception {
        String line = "router_queue_pending_requests{model=\"simulated\",policy_class=\"" + policyClass
                + "\",worker_type=\"decode\"} " + waiting + ".0";
        HttpRequest metrics =
                HttpRequest.newBuilder(URI.create(node.address() + "/metrics")).build();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!client.send(metrics, BodyHandlers.ofString()).body().contains(line)) {
            assertThat(System.nanoTime()).as(line).isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private CompletableFuture<HttpResponse<String>> ask(ServeNode node, String prompt, String family) {
        return client.sendAsync(request(node, prompt, family, "\"max_tokens\": 2"), BodyHandlers.ofString());
    }

    private static HttpRequest request(ServeNode node, String prompt, String family, String more) {
        String body = "{\"model\": \"simulated\", \"prompt\": \"" + prompt + "\", " + more + "}";
        var request = HttpRequest.newBuilder(URI.create(node.address() + "/v1/completions"))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (!family.isEmpty()) {
            request.header("x-dynamo-meta-policy-class", family);
        }
        return request.build();
    }

    private static ServeOptions options(Path file) {
        Map<String, List<String>> flags = Map.of(
                "host", List.of("127.0.0.1"),
                "port", List.of("0"),
                "workers", List.of("1"),
                "engine", List.of("sim"),
                "served-model-name", List.of("simulated"),
                "router-max-requests-per-worker", List.of("1"),
                "router-policy-config", List.of(file.toString()));
        var problems = new Problems();
        var sources = new Configuration.Sources(flags, Map.of(), YamlFile.NONE);
        var options = ServeOptions.of(Configuration.resolve(ServeSettings.ALL, sources, problems), problems);
        problems.throwIfAny();
        return options;
    }
}
