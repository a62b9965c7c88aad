package io.jynamo.frontend;

import static io.jynamo.frontend.BatchFixture.chat;
import static io.jynamo.frontend.BatchFixture.lines;
import static io.jynamo.frontend.ServerFixture.error;
import static io.jynamo.frontend.ServerFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.batch.BatchOptions;
import io.jynamo.frontend.fake.ByteTokenizer;
import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.fake.ScriptedWorker.Script;
import io.jynamo.frontend.fake.SoleRouter;
import io.jynamo.frontend.fake.VectorWorker;
import io.jynamo.frontend.files.FileLimits;
import io.jynamo.frontend.fleet.FleetControl;
import io.jynamo.frontend.fleet.FleetRoster;
import io.jynamo.protocol.Encoding;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.router.admission.AdmissionOptions;
import io.jynamo.router.admission.AdmittingRouter;
import io.jynamo.router.admission.QueuePolicy;
import io.jynamo.text.reply.ReplyFormat;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Batches from the upload of their lines to the download of their answers, over real sockets. */
@Timeout(60)
class BatchTest {
    private static final String CHAT = "/v1/chat/completions";

    @TempDir
    Path folder;

    @Test
    void three_chats_are_uploaded_run_and_downloaded() {
        try (BatchFixture server = BatchFixture.of(folder, new ScriptedWorker(request -> Script.text("Hello.")))) {
            String file = server.upload(chat("a", "one") + chat("b", "two") + chat("c", "three"));
            JsonNode batch = server.ended(server.create(file, "/v1/chat/completions"));
            assertThat(batch.path("status").asString("")).isEqualTo("completed");
            assertThat(batch.at("/request_counts").toString()).isEqualTo("{\"total\":3,\"completed\":3,\"failed\":0}");
            assertThat(batch.path("error_file_id").isNull()).isTrue();
            List<JsonNode> answers =
                    lines(server.content(batch.path("output_file_id").asString("")));
            assertThat(answers)
                    .extracting(one -> one.path("custom_id").asString(""))
                    .containsExactlyInAnyOrder("a", "b", "c");
            assertThat(answers).allSatisfy(one -> {
                assertThat(one.path("error").isNull()).isTrue();
                assertThat(one.at("/response/status_code").asInt()).isEqualTo(200);
                assertThat(one.at("/response/body/choices/0/message/content").asString(""))
                        .isEqualTo("Hello.");
            });
        }
    }

    private static ScriptedWorker saying(String text) {
        return new ScriptedWorker(request -> Script.text(text));
    }

    private static String prompt(GenerationRequest request) {
        return new ByteTokenizer().decode(request.prompt().toArray(), false);
    }

    private static Map<String, JsonNode> byId(String content) {
        Map<String, JsonNode> answers = new TreeMap<>();
        lines(content)
                .forEach(line -> assertThat(answers.put(line.path("custom_id").asString(""), line))
                        .isNull());
        return answers;
    }

    private static String counts(JsonNode batch) {
        JsonNode counts = batch.path("request_counts");
        return counts.path("total") + " " + counts.path("completed") + " " + counts.path("failed");
    }

    @Test
    void lines_that_cannot_be_answered_go_to_the_error_file() {
        try (BatchFixture server = BatchFixture.of(folder, saying("Hello."))) {
            String file = server.upload(chat("good", "one")
                    + chat("streams", "two", "'stream':true")
                    + chat("unknown", "x").replace("org/test-model", "org/other")
                    + chat("wrong", "x", "'temperature':9")
                    + chat("refused", "refuse me"));
            JsonNode batch = server.ended(server.create(file, CHAT));
            assertThat(batch.path("status").asString("")).isEqualTo("completed");
            assertThat(counts(batch)).isEqualTo("5 1 4");
            assertThat(byId(server.content(batch.path("output_file_id").asString(""))))
                    .containsOnlyKeys("good");
            Map<String, JsonNode> errors =
                    byId(server.content(batch.path("error_file_id").asString("")));
            assertThat(errors).containsOnlyKeys("streams", "unknown", "wrong", "refused");
            assertThat(ServerFixture.known(errors.get("streams"))
                            .at("/response/body/error/code")
                            .asString(""))
                    .isEqualTo("unsupported_parameter");
            assertThat(ServerFixture.known(errors.get("unknown"))
                            .at("/response/status_code")
                            .asInt())
                    .isEqualTo(404);
            assertThat(ServerFixture.known(errors.get("unknown"))
                            .at("/response/body/error/code")
                            .asString(""))
                    .isEqualTo("model_not_found");
            assertThat(ServerFixture.known(errors.get("wrong"))
                            .at("/response/body/error/param")
                            .asString(""))
                    .isEqualTo("temperature");
            assertThat(ServerFixture.known(errors.get("refused"))
                            .at("/response/body/error/code")
                            .asString(""))
                    .isEqualTo("template_failed");
            assertThat(server.server.worker.started()).hasSize(1);
            assertThat(server.server.get("/metrics").body())
                    .contains("dynamo_frontend_batches{status=\"completed\"} 1.0")
                    .contains("dynamo_frontend_batch_lines_total{outcome=\"completed\"} 1.0")
                    .contains("dynamo_frontend_batch_lines_total{outcome=\"failed\"} 4.0")
                    .contains("dynamo_frontend_stored_files 3.0");
        }
    }

    @Test
    void every_endpoint_is_run() {
        try (BatchFixture server = BatchFixture.of(folder, saying("Hello."))) {
            VectorWorker encoder = new VectorWorker(5, Encoding.embedding(4));
            server.server.models.offer(new ServedModel(
                    "letters",
                    "letters",
                    null,
                    encoder.card(),
                    new ByteTokenizer(),
                    null,
                    ReplyFormat.PLAIN,
                    new SoleRouter(encoder),
                    ServedModel.PLAIN_SAMPLING,
                    1));
            assertThat(answer(server, "/v1/completions", "{'model':'org/test-model','prompt':'hi'}")
                            .at("/choices/0/text")
                            .asString(""))
                    .isEqualTo("Hello.");
            JsonNode response = answer(server, "/v1/responses", "{'model':'org/test-model','input':'hi'}");
            assertThat(response.at("/output/0/content/0/text").asString("")).isEqualTo("Hello.");
            assertThat(server.get("/v1/responses/" + response.path("id").asString(""))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(answer(server, "/v1/embeddings", "{'model':'letters','input':'aab'}")
                            .at("/data/0/embedding")
                            .size())
                    .isEqualTo(4);
        }
    }

    private static JsonNode answer(BatchFixture server, String endpoint, String body) {
        String file = server.upload(BatchFixture.line("a", endpoint, body));
        JsonNode batch = server.ended(server.create(file, endpoint));
        assertThat(counts(batch)).as(batch.toString()).isEqualTo("1 1 0");
        return lines(server.content(batch.path("output_file_id").asString("")))
                .getFirst()
                .at("/response/body");
    }

    @Test
    void a_batch_that_is_wrong_is_refused_or_fails() {
        try (BatchFixture server = BatchFixture.of(folder, saying("x"))) {
            String file = server.upload(chat("a", "x") + "{}\n" + chat("a", "y"));
            JsonNode batch = server.ended(server.create(file, CHAT));
            assertThat(batch.path("status").asString("")).isEqualTo("failed");
            assertThat(batch.path("failed_at").isNumber()).isTrue();
            assertThat(batch.at("/errors/object").asString("")).isEqualTo("list");
            assertThat(batch.at("/errors/data/0/line").asInt()).isEqualTo(2);
            assertThat(batch.at("/errors/data/1/code").asString("")).isEqualTo("duplicate_custom_id");
            assertThat(batch.at("/errors/data/1/line").asInt()).isEqualTo(3);
            assertThat(batch.path("output_file_id").isNull()).isTrue();
            JsonNode other = server.ended(server.create(server.upload(chat("a", "x")), "/v1/completions"));
            assertThat(other.at("/errors/data/0/code").asString("")).isEqualTo("invalid_url");
            refused(server.tryCreate("file-none", CHAT, ""), 404, "input_file_id");
            refused(server.tryCreate(file, "/v1/images/generations", ""), 400, "endpoint");
            refused(server.tryCreate(file, CHAT, ",'other':1"), 400, "other");
            refused(server.tryCreate(file, CHAT, ",'metadata':{'a':1}"), 400, "metadata.a");
            refused(
                    server.post("/v1/batches", "{'input_file_id':'" + file + "','endpoint':'" + CHAT + "'}"),
                    400,
                    "completion_window");
            assertThat(server.get("/v1/batches/batch_none").statusCode()).isEqualTo(404);
            assertThat(server.post("/v1/batches/" + batch.path("id").asString("") + "/cancel", "{}")
                            .statusCode())
                    .isEqualTo(409);
            assertThat(server.delete("/v1/files/" + file).statusCode()).isEqualTo(200);
            JsonNode good = server.ended(server.create(server.upload(chat("a", "x")), CHAT));
            refused(server.tryCreate(good.path("output_file_id").asString(""), CHAT, ""), 400, "input_file_id");
            JsonNode list = json(server.get("/v1/batches?limit=2"));
            assertThat(list.at("/data/0")).isEqualTo(good);
            assertThat(list.path("has_more").asBoolean()).isTrue();
        }
    }

    private static void refused(HttpResponse<String> response, int status, String param) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(error(response, "param")).as(response.body()).isEqualTo(param);
    }

    @Test
    void a_batch_is_cancelled_midway_and_what_it_did_stays() {
        Semaphore pace = new Semaphore(0);
        try (BatchFixture server = BatchFixture.of(
                folder, new ScriptedWorker(request -> Script.text("x").paced(pace)))) {
            StringBuilder input = new StringBuilder();
            for (int i = 0; i < 30; i++) {
                input.append(chat("id-" + i, "x"));
            }
            String file = server.upload(input.toString());
            JsonNode made = json(server.tryCreate(file, CHAT, ",'metadata':{'team':'a'}"));
            String id = made.path("id").asString("");
            assertThat(made.path("status").asString("")).isEqualTo("validating");
            ServerFixture.await(() -> server.server.worker.started().size() == 8);
            assertThat(server.delete("/v1/files/" + file).statusCode()).isEqualTo(409);
            pace.release(3);
            ServerFixture.await(() -> counts(server.batch(id)).equals("30 3 0"));
            ServerFixture.await(() -> server.server.worker.started().size() == 11);
            JsonNode cancelling = json(server.post("/v1/batches/" + id + "/cancel", ""));
            assertThat(cancelling.path("cancelling_at").isNumber()).isTrue();
            JsonNode batch = server.ended(id);
            assertThat(batch.path("status").asString("")).isEqualTo("cancelled");
            assertThat(batch.at("/metadata/team").asString("")).isEqualTo("a");
            assertThat(counts(batch)).isEqualTo("30 3 27");
            assertThat(byId(server.content(batch.path("output_file_id").asString(""))))
                    .hasSize(3);
            assertThat(byId(server.content(batch.path("error_file_id").asString("")))
                            .values())
                    .hasSize(27)
                    .allSatisfy(line -> {
                        assertThat(line.path("response").isNull()).isTrue();
                        assertThat(line.at("/error/code").asString("")).isEqualTo("batch_cancelled");
                    });
            ServerFixture.await(() -> server.server.router.booked() == 0);
            assertThat(server.server.node.running()).isZero();
            assertThat(server.delete("/v1/files/" + file).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void a_batch_expires_with_what_it_did() {
        AtomicLong seconds = new AtomicLong(1_800_000_000);
        Semaphore pace = new Semaphore(1);
        try (BatchFixture server = BatchFixture.of(
                folder,
                new ScriptedWorker(request -> Script.text("x").paced(pace)),
                options -> options.withBatches(new BatchOptions(
                        FileLimits.OFF.in(folder), BatchFixture.LIMITS, () -> Instant.ofEpochSecond(seconds.get()))))) {
            String id = server.create(server.upload(chat("a", "x") + chat("b", "x") + chat("c", "x")), CHAT);
            ServerFixture.await(() -> counts(server.batch(id)).equals("3 1 0"));
            seconds.addAndGet(86_400);
            JsonNode batch = server.ended(id);
            assertThat(batch.path("status").asString("")).isEqualTo("expired");
            assertThat(counts(batch)).isEqualTo("3 1 2");
            assertThat(byId(server.content(batch.path("error_file_id").asString("")))
                            .values())
                    .allMatch(line -> line.at("/error/code").asString("").equals("batch_expired"));
            seconds.addAndGet(30 * 86_400);
            assertThat(server.get("/v1/files/" + batch.path("error_file_id").asString(""))
                            .statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void lines_wait_for_room_and_for_workers() {
        try (BatchFixture server = BatchFixture.of(folder, saying("x"))) {
            server.server.router.remove(server.server.worker.id());
            String id = server.create(server.upload(chat("a", "x") + chat("b", "x")), CHAT);
            ServerFixture.await(() -> server.server
                    .get("/metrics")
                    .body()
                    .contains("dynamo_frontend_batch_lines_total{outcome=\"retried\"} 2.0"));
            assertThat(counts(server.batch(id))).isEqualTo("2 0 0");
            server.server.router.add(server.server.worker);
            assertThat(counts(server.ended(id))).isEqualTo("2 2 0");
        }
    }

    @Test
    void what_broke_is_tried_three_times() {
        Map<String, Integer> tries = new ConcurrentHashMap<>();
        ScriptedWorker worker = new ScriptedWorker(request -> {
            int tried = tries.merge(prompt(request), 1, Integer::sum);
            boolean breaks = prompt(request).contains("always") || tried < 3;
            return breaks ? Script.text("x").failing(ErrorCode.WORKER_LOST, "It died.") : Script.text("x");
        });
        try (BatchFixture server = BatchFixture.of(folder, worker)) {
            JsonNode batch = server.ended(server.create(server.upload(chat("a", "always") + chat("b", "twice")), CHAT));
            assertThat(counts(batch)).isEqualTo("2 1 1");
            assertThat(tries).allSatisfy((text, count) -> assertThat(count).isEqualTo(3));
            JsonNode line = ServerFixture.known(
                    byId(server.content(batch.path("error_file_id").asString("")))
                            .get("a"));
            assertThat(line.at("/response/body/error/code").asString("")).isEqualTo("worker_lost");
        }
    }

    @Test
    void a_batch_gives_way_to_whoever_waits_for_an_answer() {
        Semaphore pace = new Semaphore(0);
        ScriptedWorker worker = new ScriptedWorker(request -> prompt(request).contains("now")
                ? Script.text("now")
                : Script.text("later").paced(pace));
        AdmissionOptions admission = new AdmissionOptions(QueuePolicy.FAIR, 100, 1_000_000, null, Map.of());
        ServerFixture plain = new ServerFixture(
                worker,
                options -> options.withBatches(BatchFixture.options(folder, BatchFixture.LIMITS)),
                FleetRoster.NONE,
                FleetControl.NONE,
                router -> new AdmittingRouter(router, admission, System::nanoTime));
        plain.router.places(1);
        try (BatchFixture server = BatchFixture.of(plain)) {
            String id = server.create(
                    server.upload(chat("a", "x", "'nvext':{'agent_hints':{'strict_priority':9,'priority':9}}")
                            + chat("b", "y")),
                    CHAT);
            ServerFixture.await(() -> plain.router.booked() == 1);
            for (int i = 0; i < 3; i++) {
                assertThat(plain.post(CHAT, ServerFixture.chat("now", "")).statusCode())
                        .isEqualTo(200);
            }
            assertThat(counts(server.batch(id))).isEqualTo("2 0 0");
            pace.release(1_000);
            assertThat(counts(server.ended(id))).isEqualTo("2 2 0");
            assertThat(plain.router.requests())
                    .filteredOn(one -> one.claim().preemptible())
                    .isNotEmpty()
                    .allMatch(one -> one.claim().strictPriority() == 0 && one.priority() == -1_000);
        }
    }
}
