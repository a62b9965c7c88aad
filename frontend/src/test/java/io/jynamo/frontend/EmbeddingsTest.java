package io.jynamo.frontend;

import static io.jynamo.frontend.ServerFixture.await;
import static io.jynamo.frontend.ServerFixture.error;
import static io.jynamo.frontend.ServerFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.jynamo.frontend.fake.ByteTokenizer;
import io.jynamo.frontend.fake.SoleRouter;
import io.jynamo.frontend.fake.VectorWorker;
import io.jynamo.protocol.EmbeddingRequest;
import io.jynamo.protocol.Encoding;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;
import io.jynamo.router.PolicyRouter;
import io.jynamo.router.Router;
import io.jynamo.router.RouterOptions;
import io.jynamo.router.RoutingPolicy;
import io.jynamo.text.reply.ReplyFormat;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Embeddings, ranks and scores over a socket, of workers that count letters. */
class EmbeddingsTest {
    private final VectorWorker worker = new VectorWorker(5, Encoding.embedding(4));
    private final SoleRouter router = new SoleRouter(worker);
    private final ServerFixture server = ServerFixture.saying("hello");

    EmbeddingsTest() {
        offer("letters", worker, router);
    }

    private void offer(String name, Worker of, Router by) {
        server.models.offer(new ServedModel(
                name,
                name,
                null,
                of.card(),
                new ByteTokenizer(),
                null,
                ReplyFormat.PLAIN,
                by,
                ServedModel.PLAIN_SAMPLING,
                1_700_000_000));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private HttpResponse<String> embed(String members) {
        return server.post("/v1/embeddings", "{'model':'letters'," + members + "}");
    }

    private static JsonNode ok(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    private static void refused(HttpResponse<String> response, String code, String param, String message) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(error(response, "code")).isEqualTo(code);
        assertThat(error(response, "param")).isEqualTo(param);
        assertThat(error(response, "message")).contains(message);
    }

    private static List<Double> numbers(JsonNode array) {
        return array.valueStream().map(JsonNode::doubleValue).toList();
    }

    @Test
    void a_text_has_its_vector_in_openais_shape() {
        JsonNode answer = ok(embed("'input':'abba'"));
        assertThat(answer.path("object").asString("")).isEqualTo("list");
        assertThat(answer.path("model").asString("")).isEqualTo("letters");
        assertThat(answer.at("/data/0/object").asString("")).isEqualTo("embedding");
        assertThat(answer.at("/data/0/index").asInt()).isZero();
        assertThat(numbers(answer.at("/data/0/embedding"))).containsExactly(2.0, 2.0, 0.0, 0.0);
        assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(5);
        assertThat(answer.at("/usage/total_tokens").asInt()).isEqualTo(5);
        assertThat(worker.asked().getFirst().texts().getFirst().tokens().at(0)).isEqualTo(ByteTokenizer.BOS);
        await(() -> router.booked() == 0);
    }

    @Test
    void texts_and_token_ids_come_in_the_order_they_were_sent() {
        JsonNode answer = ok(embed("'input':['a','','cd']"));
        assertThat(answer.path("data")).hasSize(3);
        assertThat(numbers(answer.at("/data/2/embedding"))).containsExactly(0.0, 0.0, 1.0, 1.0);
        assertThat(numbers(ok(embed("'input':[97,98,98]")).at("/data/0/embedding")))
                .containsExactly(1.0, 2.0, 0.0, 0.0);
        JsonNode several = ok(embed("'input':[[97],[98,99]]"));
        assertThat(numbers(several.at("/data/1/embedding"))).containsExactly(0.0, 1.0, 1.0, 0.0);
        assertThat(several.at("/usage/prompt_tokens").asInt()).isEqualTo(3);
    }

    @Test
    void base64_is_little_endian_floats() {
        String told = ok(embed("'input':'abb','encoding_format':'base64'"))
                .at("/data/0/embedding")
                .asString("");
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(told)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(bytes.remaining()).isEqualTo(16);
        assertThat(List.of(bytes.getFloat(), bytes.getFloat(), bytes.getFloat(), bytes.getFloat()))
                .containsExactly(1f, 2f, 0f, 0f);
    }

    @Test
    void dimensions_are_for_models_that_were_trained_for_them() {
        refused(embed("'input':'a','dimensions':2"), "invalid_request", "dimensions", "Matryoshka");
        var cuttable = new VectorWorker(
                6, new Encoding(Encoding.Kind.EMBEDDING, 4, true, Set.of(2), Encoding.PairFrame.ONE_SEPARATOR));
        offer("cuttable", cuttable, new SoleRouter(cuttable));
        String body = "{'model':'cuttable','input':'aaabbbbccc','dimensions':%d}";
        List<Double> cut =
                numbers(ok(server.post("/v1/embeddings", body.formatted(2))).at("/data/0/embedding"));
        assertThat(cut).hasSize(2);
        assertThat(cut.get(0)).isCloseTo(0.6, within(1e-6));
        assertThat(cut.get(1)).isCloseTo(0.8, within(1e-6));
        refused(server.post("/v1/embeddings", body.formatted(3)), "invalid_request", "dimensions", "one of [2], not 3");
    }

    @Test
    void texts_that_are_too_long_are_refused_unless_they_are_to_be_cut() {
        refused(embed("'input':['a','" + "b".repeat(16) + "']"), "context_length_exceeded", "input[1]", "16 tokens");
        refused(embed("'input':[[" + "97,".repeat(16) + "97]]"), "context_length_exceeded", "input", "17 tokens");
        ok(embed("'input':'" + "b".repeat(40) + "','truncate_prompt_tokens':-1"));
        EmbeddingRequest.Text cut = worker.asked().getLast().texts().getFirst();
        assertThat(cut.tokens().count()).isEqualTo(16);
        assertThat(cut.tokens().at(0)).isEqualTo(ByteTokenizer.BOS);
        assertThat(numbers(
                        ok(embed("'input':'abcd','truncate_prompt_tokens':3")).at("/data/0/embedding")))
                .containsExactly(1.0, 1.0, 0.0, 0.0);
        refused(
                embed("'input':'a','truncate_prompt_tokens':17"),
                "invalid_request",
                "truncate_prompt_tokens",
                "takes 16 tokens");
        refused(embed("'input':'a','truncate_prompt_tokens':0"), "invalid_request", "truncate_prompt_tokens", "-1 or");
    }

    @Test
    void what_is_not_understood_is_refused_by_name() {
        refused(embed("'input':'a','colour':1"), "unsupported_parameter", "colour", "colour");
        refused(embed("'input':'a','embed_dtype':'float16'"), "unsupported_parameter", "embed_dtype", "32-bit");
        refused(embed("'input':'a','encoding_format':'hex'"), "invalid_request", "encoding_format", "hex");
        refused(embed("'input':[]"), "invalid_request", "input", "must not be empty");
        refused(embed("'input':['a',1]"), "invalid_request", "input[1]", "does not go with");
        refused(embed("'input':[300]"), "invalid_request", "input", "vocabulary has 259");
        refused(embed("'user':'me'"), "invalid_request", "input", "required");
        refused(embed("'input':[" + "'a',".repeat(2048) + "'a']"), "invalid_request", "input", "at most 2048");
        assertThat(server.post("/v1/embeddings", "{'model':'nobody','input':'a'}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(worker.asked()).isEmpty();
        assertThat(router.booked()).isZero();
    }

    @Test
    void models_do_what_they_were_made_for() {
        refused(
                server.post("/v1/embeddings", "{'model':'org/test-model','input':'a'}"),
                "invalid_request",
                "model",
                "generates text and makes no embeddings");
        refused(
                server.post("/v1/chat/completions", ServerFixture.chat("hi", "").replace("org/test-model", "letters")),
                "invalid_request",
                "model",
                "`letters` generates no text; it makes embeddings");
        refused(
                server.post("/v1/completions", "{'model':'letters','prompt':'a'}"),
                "invalid_request",
                "model",
                "generates no text");
        assertThat(server.get("/v1/models").body()).contains("\"id\":\"letters\"");
    }

    @Test
    void documents_are_sorted_by_the_cosine_with_the_query() {
        String body = "{'model':'letters','query':'ab','documents':['cd','ba',{'text':'a'},'ab']%s}";
        JsonNode answer = ok(server.post("/v1/rerank", body.formatted("")));
        assertThat(answer.path("id").asString("")).startsWith("rerank-");
        assertThat(answer.at("/results")
                        .valueStream()
                        .map(one -> one.path("index").asInt())
                        .toList())
                .containsExactly(1, 3, 2, 0);
        assertThat(answer.at("/results/0/relevance_score").doubleValue()).isCloseTo(1, within(1e-6));
        assertThat(answer.at("/results/2/relevance_score").doubleValue()).isCloseTo(Math.sqrt(0.5), within(1e-6));
        assertThat(answer.at("/results/2/document/text").asString("")).isEqualTo("a");
        assertThat(answer.at("/usage/total_tokens").asInt()).isEqualTo(14);
        assertThat(worker.asked().getFirst().texts()).as("the query once").hasSize(5);
        JsonNode best = ok(server.post("/rerank", body.formatted(",'top_n':1,'return_documents':false")));
        assertThat(best.path("results")).hasSize(1);
        assertThat(best.at("/results/0").has("document")).isFalse();
        refused(
                server.post("/v2/rerank", "{'model':'letters','query':'a','documents':[{'title':'x'}]}"),
                "unsupported_parameter",
                "documents[0].title",
                "title");
    }

    @Test
    void texts_are_scored_one_with_each_or_each_with_its_own() {
        JsonNode answer = ok(server.post("/v1/score", "{'model':'letters','text_1':'a','text_2':['a','b']}"));
        assertThat(answer.path("object").asString("")).isEqualTo("list");
        assertThat(answer.at("/data/0/object").asString("")).isEqualTo("score");
        assertThat(answer.at("/data/0/score").doubleValue()).isCloseTo(1, within(1e-6));
        assertThat(answer.at("/data/1/score").doubleValue()).isZero();
        JsonNode own = ok(server.post("/score", "{'model':'letters','text_1':['a','b'],'text_2':['b','b']}"));
        assertThat(own.at("/data/0/score").doubleValue()).isZero();
        assertThat(own.at("/data/1/score").doubleValue()).isCloseTo(1, within(1e-6));
        refused(
                server.post("/v1/score", "{'model':'letters','text_1':['a','b'],'text_2':['b']}"),
                "invalid_request",
                "text_1",
                "have 2 and 1");
    }

    @Test
    void a_model_that_scores_pairs_reads_both_texts_in_one_sequence() {
        var scoring = new VectorWorker(
                7, new Encoding(Encoding.Kind.PAIR_SCORE, 1, false, Set.of(), Encoding.PairFrame.ONE_SEPARATOR));
        offer("scoring", scoring, new SoleRouter(scoring));
        JsonNode answer = ok(server.post("/v1/score", "{'model':'scoring','text_1':['abc','a'],'text_2':['d','d']}"));
        assertThat(answer.at("/data/0/score").doubleValue()).isEqualTo(4);
        assertThat(answer.at("/data/1/score").doubleValue()).isEqualTo(2);
        EmbeddingRequest.Text pair = scoring.asked().getFirst().texts().getFirst();
        assertThat(pair.tokens().toArray()).containsExactly(ByteTokenizer.BOS, 'a', 'b', 'c', 'd');
        refused(
                server.post("/v1/embeddings", "{'model':'scoring','input':'a'}"),
                "invalid_request",
                "model",
                "scores pairs of texts");
        refused(
                server.post("/v1/score", "{'model':'scoring','text_1':'aaaaaaaa','text_2':'bbbbbbbbbb'}"),
                "context_length_exceeded",
                "text_2[0]",
                "19 tokens");
        ok(server.post(
                "/v1/score",
                "{'model':'scoring','text_1':'aaaaaaaa','text_2':'bbbbbbbbbb','truncate_prompt_tokens':-1}"));
        assertThat(scoring.asked().getLast().texts().getFirst().tokens().count())
                .isEqualTo(16);
    }

    @Test
    void a_lost_worker_is_replaced_and_every_booking_released() {
        server.close();
        var lost = new VectorWorker(1, Encoding.embedding(4)).failing(ErrorCode.WORKER_LOST, "it died");
        var other = new VectorWorker(2, Encoding.embedding(4));
        try (var two = new ServerFixture(
                        new io.jynamo.frontend.fake.ScriptedWorker(
                                request -> io.jynamo.frontend.fake.ScriptedWorker.Script.text("x")),
                        options ->
                                options.withGeneration(options.generation().withMigrations(3, Duration.ofSeconds(1))));
                var chooser =
                        new PolicyRouter(RouterOptions.of(RoutingPolicy.LEAST_LOADED, 16), new SplittableRandom(1))) {
            chooser.add(lost);
            chooser.add(other);
            two.models.offer(new ServedModel(
                    "letters",
                    "letters",
                    null,
                    other.card(),
                    new ByteTokenizer(),
                    null,
                    ReplyFormat.PLAIN,
                    chooser,
                    ServedModel.PLAIN_SAMPLING,
                    1));
            for (int i = 0; i < 4; i++) {
                ok(two.post("/v1/embeddings", "{'model':'letters','input':'ab'}"));
            }
            assertThat(lost.asked()).isNotEmpty();
            assertThat(other.asked()).hasSize(4);
            await(() -> chooser.status().workers().stream()
                    .allMatch(one -> one.requests() == 0 && one.prefillTokens() == 0));
        }
    }

    @Test
    void a_failure_that_another_worker_would_not_mend_is_told() {
        worker.failing(ErrorCode.WORKER_LOST, "it died");
        HttpResponse<String> response = embed("'input':'a'");
        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(error(response, "message")).contains("it died");
        worker.failing(ErrorCode.INTERNAL, "secret of the inside");
        assertThat(embed("'input':'a'").body()).doesNotContain("secret").contains("internal");
        await(() -> router.booked() == 0);
    }

    @Test
    void a_client_that_leaves_has_its_request_cancelled_and_its_booking_released() {
        worker.hold();
        try (RawSocket client = new RawSocket(server.node.port())) {
            client.say(RawSocket.post("/v1/embeddings", "{\"model\":\"letters\",\"input\":\"a\"}"));
            await(() -> worker.asked().size() == 1);
            assertThat(router.booked()).isEqualTo(1);
            assertThat(server.node.running()).isEqualTo(1);
        }
        await(() -> worker.cancelled() == 1 && router.booked() == 0 && server.node.running() == 0);
        worker.answerHeld();
        assertThat(router.booked()).isZero();
    }

    @Test
    void a_full_server_says_when_to_come_again() {
        router.full(true);
        HttpResponse<String> response = embed("'input':'a'");
        assertThat(response.statusCode()).isEqualTo(529);
        assertThat(response.headers().firstValue("retry-after")).contains("17");
    }

    @Test
    void a_request_may_name_its_worker() {
        var request = server.request("/v1/embeddings")
                .header("x-dynamo-worker-instance-id", "5")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{\"model\":\"letters\",\"input\":\"a\"}"));
        ok(server.send(request));
        assertThat(router.requests().getLast().wishes().pinned()).isEqualTo(new WorkerId(5));
        assertThat(router.requests().getLast().promptTokens()).isEqualTo(2);
    }

    @Test
    void requests_are_counted_under_their_endpoint() {
        embed("'input':'abba'");
        embed("'input':'" + "b".repeat(40) + "'");
        server.post("/v1/score", "{'model':'letters','text_1':'a','text_2':'b'}");
        List<String> lines =
                new ArrayList<>(server.get("/metrics").body().lines().toList());
        assertThat(lines)
                .anyMatch(line -> line.startsWith("dynamo_frontend_requests_total{")
                        && line.contains("endpoint=\"embeddings\"")
                        && line.contains("model=\"letters\"")
                        && line.contains("status=\"success\""))
                .anyMatch(line -> line.startsWith("dynamo_frontend_requests_total{")
                        && line.contains("endpoint=\"embeddings\"")
                        && line.contains("error_type=\"validation\""))
                .anyMatch(line ->
                        line.startsWith("dynamo_frontend_requests_total{") && line.contains("endpoint=\"score\""))
                .anyMatch(line -> line.startsWith("dynamo_frontend_embedding_latency_seconds_count{")
                        && line.contains("model=\"letters\"")
                        && line.endsWith(" 2"));
    }
}
