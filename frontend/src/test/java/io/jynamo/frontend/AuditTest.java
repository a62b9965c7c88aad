package io.jynamo.frontend;

import static io.jynamo.frontend.ServerFixture.chat;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.fake.ScriptedWorker.Script;
import io.jynamo.frontend.keys.AuditOptions;
import io.jynamo.frontend.keys.KeyClock;
import io.jynamo.frontend.keys.KeyHash;
import io.jynamo.frontend.keys.KeyOptions;
import io.jynamo.protocol.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What is written down of requests, and what is not. */
@Timeout(60)
class AuditTest {
    private static final String CHAT = "/v1/chat/completions";

    @TempDir
    Path folder;

    private final Semaphore pace = new Semaphore(0);

    private final AtomicLong frozenNanos = new AtomicLong(7);
    private final KeyClock frozen = new KeyClock() {
        @Override
        public long nanos() {
            return frozenNanos.get();
        }

        @Override
        public long epochMillis() {
            return 1_800_000_000_000L;
        }
    };

    private ServerFixture server(Path log, boolean payloads) throws IOException {
        return server(log, payloads, KeyClock.SYSTEM);
    }

    private ServerFixture server(Path log, boolean payloads, KeyClock clock) throws IOException {
        Path keys = Files.writeString(
                folder.resolve("keys.json"),
                ("{'keys':[{'name':'alpha','hash':'" + KeyHash.of("secret-alpha") + "','isolation':'tenant acme'},"
                                + "{'name':'tight','hash':'" + KeyHash.of("secret-tight") + "','rate':1}]}")
                        .replace('\'', '"'));
        return new ServerFixture(
                new ScriptedWorker(request -> {
                    boolean fails = request.stopping().maxTokens() == 77;
                    boolean slow = request.stopping().maxTokens() == 99;
                    Script script = Script.text("wisdom");
                    return fails ? script.failing(ErrorCode.WORKER_LOST, "gone") : slow ? script.paced(pace) : script;
                }),
                options -> options.withKeys(new KeyOptions(keys, new AuditOptions(log, payloads, 1 << 20, 2), clock)));
    }

    private static HttpResponse<String> ask(ServerFixture server, String key, String more) {
        return server.send(server.request(CHAT)
                .header("authorization", "Bearer " + key)
                .header("x-request-id", "mine-7")
                .POST(HttpRequest.BodyPublishers.ofString(chat("private", more).replace('\'', '"'))));
    }

    /** As many rows as are expected, once they are there. */
    private static List<JsonNode> rows(Path log, int count) {
        ServerFixture.await(() -> lines(log).size() >= count);
        List<JsonNode> rows =
                lines(log).stream().map(ServerFixture.JSON::readTree).toList();
        assertThat(rows).hasSize(count);
        return rows;
    }

    private static List<String> lines(Path log) {
        try {
            String text = Files.readString(log);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Test
    void a_request_that_was_answered() throws IOException {
        Path log = folder.resolve("audit.log");
        try (ServerFixture server = server(log, false)) {
            HttpResponse<String> answer = ask(server, "secret-alpha", "'stream':true");
            JsonNode row = rows(log, 1).getFirst();
            assertThat(row.path("request_id").asString(""))
                    .isEqualTo(ServerFixture.chunks(answer.body())
                            .getFirst()
                            .path("id")
                            .asString(""));
            assertThat(row.path("client_request_id").asString("")).isEqualTo("mine-7");
            assertThat(row.path("key").asString("")).isEqualTo("alpha");
            assertThat(row.path("tenant").asString("")).isEqualTo("acme");
            assertThat(row.path("model").asString("")).isEqualTo("org/test-model");
            assertThat(row.path("endpoint").asString("")).isEqualTo(CHAT);
            assertThat(row.path("status").asInt()).isEqualTo(200);
            assertThat(row.path("error").isNull()).isTrue();
            assertThat(row.path("finish_reason").asString("")).isEqualTo("stop");
            assertThat(row.path("prompt_tokens").asInt()).isGreaterThan(10);
            assertThat(row.path("cached_tokens").asInt())
                    .isEqualTo(row.path("prompt_tokens").asInt() / 2);
            assertThat(row.path("completion_tokens").asInt()).isEqualTo(6);
            assertThat(row.path("ttft_ms").asDouble()).isPositive();
            assertThat(row.path("duration_ms").asDouble())
                    .isGreaterThanOrEqualTo(row.path("ttft_ms").asDouble());
            assertThat(row.path("worker_id").asString("")).isEqualTo("7");
            assertThat(row.path("client").asString("")).isEqualTo("127.0.0.1");
            assertThat(row.path("time").asString("")).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
            assertThat(Files.readString(log)).doesNotContain("private", "wisdom", "secret");
        }
    }

    @Test
    void requests_that_were_refused_failed_or_left() throws IOException {
        Path log = folder.resolve("audit.log");
        try (ServerFixture server = server(log, false)) {
            ask(server, "no-such-key", "");
            ask(server, "secret-tight", "'temperature':9");
            ask(server, "secret-tight", "");
            ask(server, "secret-alpha", "'max_tokens':77");
            List<JsonNode> rows = rows(log, 4);
            assertThat(rows).extracting(row -> row.path("status").asInt()).containsExactly(401, 400, 429, 502);
            assertThat(rows)
                    .extracting(row -> row.path("error").asString(""))
                    .containsExactly(
                            "authentication_required", "invalid_request", "rate_limit_exceeded", "worker_lost");
            assertThat(rows)
                    .extracting(row -> row.path("key").asString(""))
                    .containsExactly("", "tight", "tight", "alpha");
            assertThat(rows.getLast().path("completion_tokens").asInt()).isEqualTo(6);
            try (RawSocket client = new RawSocket(server.node.port())) {
                client.say(RawSocket.post(
                        CHAT,
                        chat("private", "'max_tokens':99").replace('\'', '"'),
                        "Authorization: Bearer secret-alpha"));
                ServerFixture.await(() -> server.worker.started().size() == 2);
            }
            JsonNode gone = rows(log, 5).getLast();
            assertThat(gone.path("status").asInt()).isEqualTo(499);
            assertThat(gone.path("error").asString("")).isEqualTo("cancelled");
            assertThat(gone.path("worker_id").asString("")).isEqualTo("7");
            assertThat(Files.readString(log)).doesNotContain("private", "wisdom", "secret-", "no-such-key");
        }
    }

    @Test
    void strangers_have_ten_rows_a_second_and_are_counted() throws IOException {
        Path log = folder.resolve("audit.log");
        try (ServerFixture server = server(log, false, frozen)) {
            for (int i = 0; i < 25; i++) {
                assertThat(ask(server, "no-such-key", "").statusCode()).isEqualTo(401);
            }
            ask(server, "secret-alpha", "");
            List<JsonNode> rows = rows(log, 11);
            assertThat(rows).noneMatch(row -> row.has("left_out"));
            assertThat(rows.getLast().path("key").asString("")).isEqualTo("alpha");
            assertThat(server.get("/metrics").body())
                    .contains("dynamo_frontend_api_key_unauthorized_requests_total 25.0")
                    .contains("dynamo_frontend_audit_rows_total{outcome=\"left_out\"} 15.0");
            frozenNanos.addAndGet(1_000_000_000);
            ask(server, "no-such-key", "");
            assertThat(rows(log, 12).getLast().path("left_out").asInt()).isEqualTo(15);
        }
    }

    @Test
    void paths_and_methods_that_are_none_have_rows_of_those_with_a_key() throws IOException {
        Path log = folder.resolve("audit.log");
        try (ServerFixture server = server(log, false)) {
            for (String key : List.of("no-such-key", "secret-alpha")) {
                assertThat(get(server, "/v1/none?" + "x".repeat(600), key)).isEqualTo(404);
                assertThat(get(server, "/" + "y".repeat(2_000), key)).isEqualTo(404);
                assertThat(get(server, CHAT, key)).isEqualTo(405);
            }
            List<JsonNode> rows = rows(log, 3);
            assertThat(rows).extracting(row -> row.path("status").asInt()).containsExactly(404, 404, 405);
            assertThat(rows)
                    .extracting(row -> row.path("error").asString(""))
                    .containsExactly("route_not_found", "route_not_found", "method_not_allowed");
            assertThat(rows).allMatch(row -> row.path("key").asString("").equals("alpha"));
            assertThat(rows.get(0).path("endpoint").asString("")).isEqualTo("/v1/none");
            assertThat(rows.get(1).path("endpoint").asString("")).hasSize(512);
            assertThat(server.get("/metrics").body())
                    .contains("dynamo_frontend_api_key_unauthorized_requests_total 0.0");
        }
    }

    private static int get(ServerFixture server, String path, String key) {
        return server.send(server.request(path)
                        .header("authorization", "Bearer " + key)
                        .GET())
                .statusCode();
    }

    @Test
    void payloads_are_written_where_they_are_wanted() throws IOException {
        Path log = folder.resolve("audit.log");
        try (ServerFixture server = server(log, true)) {
            ask(server, "secret-alpha", "");
            ask(server, "secret-alpha", "'user':'" + "x".repeat(100_000) + "'");
            List<JsonNode> rows = rows(log, 2);
            assertThat(rows.getFirst().path("request").asString(""))
                    .startsWith("{\"model\"")
                    .contains("private");
            assertThat(rows.getFirst().path("answer").asString("")).contains("wisdom");
            assertThat(rows.getLast().path("request").asString("")).hasSize(64 << 10);
            assertThat(Files.readString(log)).doesNotContain("secret-alpha");
        }
    }

    @Test
    void a_full_disk_costs_rows_and_no_requests() throws IOException {
        try (ServerFixture server = server(Path.of("/dev/full"), false)) {
            for (int i = 0; i < 3; i++) {
                assertThat(ask(server, "secret-alpha", "").statusCode()).isEqualTo(200);
            }
            ServerFixture.await(() -> server.get("/metrics")
                    .body()
                    .contains("dynamo_frontend_audit_rows_total{outcome=\"dropped\"} 3.0"));
        }
    }
}
