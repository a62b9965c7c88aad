package io.jynamo.frontend;

import static io.jynamo.frontend.BatchFixture.line;
import static io.jynamo.frontend.ServerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ByteTokenizer;
import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.fake.ScriptedWorker.Script;
import io.jynamo.frontend.fake.SoleRouter;
import io.jynamo.frontend.fake.VectorWorker;
import io.jynamo.protocol.EmbeddingRequest;
import io.jynamo.protocol.Encoding;
import io.jynamo.router.Router;
import io.jynamo.router.admission.AdmissionOptions;
import io.jynamo.router.admission.AdmittingRouter;
import io.jynamo.router.admission.QueuePolicy;
import io.jynamo.text.reply.ReplyFormat;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Lines of embeddings beside clients that wait for theirs, before an engine with one place. */
@Timeout(60)
class BatchVectorsTest {
    private static final String EMBEDDINGS = "/v1/embeddings";

    private final VectorWorker worker = new VectorWorker(5, Encoding.embedding(4));
    private final SoleRouter places = new SoleRouter(worker);
    private final Router router = new AdmittingRouter(
            places, new AdmissionOptions(QueuePolicy.FAIR, 100, 1_000_000, null, Map.of()), System::nanoTime);
    private final BatchFixture server;

    BatchVectorsTest(@TempDir Path folder) {
        server = BatchFixture.of(folder, new ScriptedWorker(request -> Script.text("Hello.")));
        server.server.models.offer(new ServedModel(
                "letters",
                "letters",
                null,
                worker.card(),
                new ByteTokenizer(),
                null,
                ReplyFormat.PLAIN,
                router,
                ServedModel.PLAIN_SAMPLING,
                1));
        places.places(1);
        worker.hold();
    }

    @AfterEach
    void close() {
        server.close();
    }

    private CompletableFuture<HttpResponse<String>> ask(String text) {
        return server.server.client.sendAsync(
                server.server
                        .request(EMBEDDINGS)
                        .POST(BodyPublishers.ofString("{\"model\":\"letters\",\"input\":\"" + text + "\"}"))
                        .build(),
                BodyHandlers.ofString());
    }

    private String batch(String... texts) {
        StringBuilder input = new StringBuilder();
        for (String text : texts) {
            input.append(line(text, EMBEDDINGS, "{'model':'letters','input':'" + text + "'}"));
        }
        return server.create(server.upload(input.toString()), EMBEDDINGS);
    }

    private List<String> asked() {
        return worker.asked().stream().map(BatchVectorsTest::text).toList();
    }

    private static String text(EmbeddingRequest request) {
        return new ByteTokenizer().decode(request.texts().getFirst().tokens().toArray(), true);
    }

    private void awaitAsked(String... texts) {
        await(() -> worker.asked().size() >= texts.length);
        assertThat(asked()).containsExactly(texts);
    }

    private void awaitWaiting(int requests) {
        await(() -> router.queue().requests() == requests);
    }

    private static String counts(JsonNode batch) {
        JsonNode counts = batch.path("request_counts");
        return counts.path("total") + " " + counts.path("completed") + " " + counts.path("failed");
    }

    @Test
    void who_waits_for_an_answer_overtakes_lines_that_wait() {
        var first = ask("a");
        awaitAsked("a");
        String id = batch("b", "bb");
        awaitWaiting(2);
        var second = ask("c");
        awaitWaiting(3);
        worker.answer(0);
        assertThat(first.join().statusCode()).isEqualTo(200);
        await(() -> worker.asked().size() == 2);
        assertThat(asked()).last().isEqualTo("c");
        worker.answer(1);
        assertThat(second.join().statusCode()).isEqualTo(200);
        await(() -> worker.asked().size() == 3);
        worker.answerHeld();
        assertThat(counts(server.ended(id))).isEqualTo("2 2 0");
        await(() -> places.booked() == 0);
        assertThat(worker.asked()).extracting(EmbeddingRequest::priority).containsExactly(0, 0, -1_000, -1_000);
    }

    @Test
    void a_line_gives_its_place_to_who_waits_and_is_computed_anew() {
        String id = batch("b");
        awaitAsked("b");
        for (int i = 1; i <= 3; i++) {
            var asked = ask("a");
            int gaveWay = i;
            await(() -> worker.cancelled() == gaveWay && worker.asked().size() == 2 * gaveWay);
            worker.answer(2 * i - 1);
            assertThat(asked.join().statusCode()).isEqualTo(200);
            await(() -> worker.asked().size() == 2 * gaveWay + 1);
        }
        awaitAsked("b", "a", "b", "a", "b", "a", "b");
        var fourth = ask("c");
        awaitWaiting(1);
        assertThat(worker.cancelled())
                .as("who gave way three times does so no more")
                .isEqualTo(3);
        worker.answerHeld();
        assertThat(fourth.join().statusCode()).isEqualTo(200);
        assertThat(counts(server.ended(id))).isEqualTo("1 1 0");
        await(() -> places.booked() == 0 && server.server.node.running() == 0);
        assertThat(server.get("/metrics").body()).containsPattern("dynamo_frontend_preemptions_total 3.0");
    }
}
