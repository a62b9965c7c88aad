package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A file of keys made by the command, before a server of the command: who may do what, and what is written down of it. */
@Timeout(180)
class KeyFileTest {
    private static final String CHAT = "/v1/chat/completions";

    @TempDir
    Path folder;

    private String newKey(Path file, String... more) {
        List<String> line = new ArrayList<>(List.of("keys", "new", "--file", file.toString()));
        line.addAll(List.of(more));
        Command made = Command.jynamo(line.toArray(String[]::new));
        assertThat(made.exitCode()).as(made.err()).isZero();
        assertThat(made.out()).startsWith("jyn-");
        return made.out().strip();
    }

    private static Http.Reply ask(Server server, String key) {
        String body = "{\"model\":\"" + Server.MODEL
                + "\",\"max_completion_tokens\":3,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
        return Http.send(Http.request(server.at(CHAT), body).header("Authorization", "Bearer " + key));
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos()); // a request each: as many as may be
        }
    }

    /** Those of requests with a key, as {@code key status error}. */
    private static List<String> rows(Path log) {
        try {
            String text = Files.readString(log);
            return text.substring(0, text.lastIndexOf('\n') + 1)
                    .lines()
                    .map(Http::parse)
                    .filter(row -> !row.path("key").asString("").isEmpty())
                    .map(KeyFileTest::told)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String told(JsonNode row) {
        String error = row.path("error").isNull() ? "-" : row.path("error").asString();
        return row.path("key").asString() + " " + row.path("status").asInt() + " " + error;
    }

    @Test
    void keys_of_a_file_have_limits_come_and_go_and_leave_rows() throws IOException {
        Path keys = folder.resolve("keys.json");
        Path log = folder.resolve("audit.log");
        String free = newKey(keys, "--name", "free", "--isolation", "key");
        String tight = newKey(keys, "--name", "tight", "--rate", "1");
        String elsewhere = newKey(keys, "--name", "elsewhere", "--model", "org/*");
        assertThat(Command.jynamo("keys", "check", keys.toString()).exitCode()).isZero();
        assertThat(Files.readString(keys)).doesNotContain(free, tight, elsewhere);
        try (Server server = Server.fast("--api-keys-file", keys.toString(), "--audit-log", log.toString())) {
            assertThat(ask(server, free).status()).isEqualTo(200);
            Http.Reply stranger = ask(server, "jyn-nobody");
            assertThat(stranger.status()).isEqualTo(401);
            assertThat(stranger.error().path("code").asString()).isEqualTo("authentication_required");
            Http.Reply denied = ask(server, elsewhere);
            assertThat(denied.status()).isEqualTo(404);
            assertThat(denied.error().path("code").asString()).isEqualTo("model_not_found");
            assertThat(ask(server, tight).status()).isEqualTo(200);
            Http.Reply limited = ask(server, tight);
            assertThat(limited.status()).isEqualTo(429);
            assertThat(limited.error().path("code").asString()).isEqualTo("rate_limit_exceeded");
            assertThat(limited.headers().firstValueAsLong("retry-after").orElseThrow())
                    .isBetween(1L, 60L);
            assertThat(limited.headers().firstValue("x-ratelimit-limit-requests"))
                    .hasValue("1");
            String late = newKey(keys, "--name", "late");
            await(() -> ask(server, late).status() == 200);
            Files.writeString(keys, Files.readString(keys).replace("\"tight\"", "\"tight\",\"disabled\":true"));
            await(() -> ask(server, tight).status() == 401);
            Files.writeString(keys, "{\"keys\": [{}]}");
            await(() -> Metrics.sum(
                            server.at("/metrics"), "dynamo_frontend_api_key_file_reloads_total", "outcome=\"failed\"")
                    >= 1);
            assertThat(ask(server, late).status())
                    .as("a broken file changes nothing")
                    .isEqualTo(200);
            await(() -> rows(log).stream().filter("late 200 -"::equals).count() == 2);
            assertThat(rows(log).subList(0, 4))
                    .containsExactly(
                            "free 200 -",
                            "elsewhere 404 model_not_found",
                            "tight 200 -",
                            "tight 429 rate_limit_exceeded");
            assertThat(rows(log)).contains("tight 401 authentication_required");
            assertThat(Files.readString(log)).doesNotContain(free, tight, late, "jyn-");
        }
    }
}
