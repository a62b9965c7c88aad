package io.jynamo.frontend;

import static io.jynamo.frontend.BatchFixture.chat;
import static io.jynamo.frontend.BatchFixture.lines;
import static io.jynamo.frontend.ServerFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.fake.ScriptedWorker.Script;
import io.jynamo.frontend.keys.KeyClock;
import io.jynamo.frontend.keys.KeyHash;
import io.jynamo.frontend.keys.KeyOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Batches where there are keys: whose they are, and within which limits their lines run. */
@Timeout(60)
class BatchKeysTest {
    private static final String CHAT = "/v1/chat/completions";

    @TempDir
    Path folder;

    private Path keys = Path.of("");

    @BeforeEach
    void begin() {
        keys = folder.resolve("keys.json");
    }

    private static String key(String secret, String members) {
        return "{'name':'" + secret + "','hash':'" + KeyHash.of(secret) + "'" + members + "}";
    }

    private void write(String... all) {
        try {
            Path fresh = folder.resolve("keys.new");
            Files.writeString(fresh, ("{'keys':[" + String.join(",", all) + "]}").replace('\'', '"'));
            Files.move(fresh, keys, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    private BatchFixture server(ScriptedWorker worker) {
        return BatchFixture.of(
                folder.resolve("files"),
                worker,
                options -> options.withKeys(new KeyOptions(keys, null, KeyClock.SYSTEM)));
    }

    private static String five() {
        StringBuilder input = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            input.append(chat("id-" + i, "x"));
        }
        return input.toString();
    }

    @Test
    void a_batch_is_its_keys_alone_and_runs_as_its_requests_do() {
        write(key("alpha", ",'isolation':'key'"), key("beta", ""));
        try (BatchFixture server = server(new ScriptedWorker(request -> Script.text("x")))) {
            BatchFixture alpha = server.as("alpha");
            BatchFixture beta = server.as("beta");
            String id = alpha.create(alpha.upload(five()), CHAT);
            JsonNode batch = alpha.ended(id);
            assertThat(batch.at("/request_counts/completed").asInt()).isEqualTo(5);
            assertThat(beta.get("/v1/batches/" + id).statusCode()).isEqualTo(404);
            assertThat(beta.post("/v1/batches/" + id + "/cancel", "").statusCode())
                    .isEqualTo(404);
            assertThat(json(beta.get("/v1/batches")).path("data").size()).isZero();
            assertThat(beta.get("/v1/files/" + batch.path("output_file_id").asString("") + "/content")
                            .statusCode())
                    .isEqualTo(404);
            assertThat(server.server.worker.started())
                    .allMatch(one ->
                            ServerFixture.known(one.request().scope().salt()).startsWith("jynamo:key:"));
            assertThat(server.server.router.requests())
                    .allMatch(one -> one.claim().tenant().equals("alpha"));
            ServerFixture.await(() -> alpha.get("/v1/models").statusCode() == 200);
        }
    }

    @Test
    void lines_leave_half_of_their_keys_places_free() {
        write(key("alpha", ",'concurrency':4"));
        Semaphore pace = new Semaphore(0);
        try (BatchFixture server =
                server(new ScriptedWorker(request -> Script.text("x").paced(pace)))) {
            BatchFixture alpha = server.as("alpha");
            String id = alpha.create(alpha.upload(five()), CHAT);
            ServerFixture.await(() -> server.server.worker.started().size() == 2);
            ServerFixture.await(
                    () -> alpha.batch(id).path("status").asString("").equals("in_progress"));
            pace.release(6); // both lines, and one who waits for an answer
            assertThat(alpha.post(CHAT, ServerFixture.chat("hi", "")).statusCode())
                    .isEqualTo(200);
            pace.release(100);
            assertThat(alpha.ended(id).at("/request_counts/completed").asInt()).isEqualTo(5);
        }
    }

    @Test
    void a_key_that_may_not_ask_for_a_model_has_none_of_that_name() {
        write(key("alpha", ",'models':['org/other']"));
        try (BatchFixture server = server(new ScriptedWorker(request -> Script.text("x")))) {
            BatchFixture alpha = server.as("alpha");
            JsonNode batch = alpha.ended(alpha.create(alpha.upload(five()), CHAT));
            assertThat(lines(alpha.content(batch.path("error_file_id").asString(""))))
                    .hasSize(5)
                    .allMatch(line ->
                            line.at("/response/body/error/code").asString("").equals("model_not_found"));
        }
    }

    @Test
    void lines_of_a_key_that_is_gone_fail_and_say_so() {
        write(key("alpha", ""), key("beta", ""));
        Semaphore pace = new Semaphore(0);
        try (BatchFixture server =
                server(new ScriptedWorker(request -> Script.text("x").paced(pace)))) {
            BatchFixture alpha = server.as("alpha");
            StringBuilder input = new StringBuilder();
            for (int i = 0; i < 20; i++) {
                input.append(chat("id-" + i, "x"));
            }
            String id = alpha.create(alpha.upload(input.toString()), CHAT);
            ServerFixture.await(() -> server.server.worker.started().size() == 8);
            write(key("beta", ""));
            ServerFixture.await(() -> alpha.get("/v1/files").statusCode() == 401);
            pace.release(8);
            ServerFixture.await(() -> server.server.router.booked() == 0);
            write(key("alpha", ""), key("beta", ""));
            ServerFixture.await(() -> alpha.get("/v1/files").statusCode() == 200);
            JsonNode batch = alpha.ended(id);
            assertThat(batch.at("/request_counts").toString())
                    .isEqualTo("{\"total\":20,\"completed\":8,\"failed\":12}");
            List<JsonNode> errors =
                    lines(alpha.content(batch.path("error_file_id").asString("")));
            assertThat(errors).allSatisfy(line -> {
                assertThat(line.at("/response/status_code").asInt()).isEqualTo(401);
                assertThat(line.at("/response/body/error/code").asString("")).isEqualTo("authentication_required");
                assertThat(line.at("/response/body/error/message").asString("")).contains("alpha");
            });
        }
    }
}
