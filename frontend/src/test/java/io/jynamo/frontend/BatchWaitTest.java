package io.jynamo.frontend;

import static io.jynamo.frontend.ServerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ByteTokenizer;
import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.fake.ScriptedWorker.Script;
import io.jynamo.frontend.fake.SoleRouter;
import io.jynamo.frontend.fake.VectorWorker;
import io.jynamo.frontend.generate.GenerationLimits;
import io.jynamo.protocol.Encoding;
import io.jynamo.router.Placement;
import io.jynamo.router.Router;
import io.jynamo.router.admission.AdmissionOptions;
import io.jynamo.router.admission.AdmittingRouter;
import io.jynamo.router.admission.QueuePolicy;
import io.jynamo.text.reply.ReplyFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Lines that wait for a worker for longer than a request may take. */
@Timeout(60)
class BatchWaitTest {
    private static final Duration LIMIT = Duration.ofMillis(800);

    private final ScriptedWorker chats = new ScriptedWorker(request -> Script.text("Hello."));
    private final VectorWorker vectors = new VectorWorker(5, Encoding.embedding(4));
    private final BatchFixture server;

    BatchWaitTest(@TempDir Path folder) {
        server = BatchFixture.of(
                folder,
                chats,
                options -> options.withGeneration(new GenerationLimits(10, 2, LIMIT, Duration.ofSeconds(15), 256)
                        .withMigrations(0, Duration.ZERO)));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Router offer(String name, io.jynamo.protocol.Worker worker) {
        SoleRouter places = new SoleRouter(worker);
        places.places(1);
        Router router = new AdmittingRouter(
                places, new AdmissionOptions(QueuePolicy.FAIR, 100, 1_000_000, null, Map.of()), System::nanoTime);
        server.server.models.offer(new ServedModel(
                name,
                name,
                null,
                worker.card(),
                new ByteTokenizer(),
                null,
                ReplyFormat.PLAIN,
                router,
                ServedModel.PLAIN_SAMPLING,
                1));
        return router;
    }

    /** Has a line wait for longer than one who waits for an answer may, then run. */
    private void outwait(Router router, String url, String body) {
        Placement taken =
                router.place(Router.Request.of(new Router.HashedPrompt(Router.HashedPrompt.NO_BLOCKS, 1), 1, 1, 0));
        String id = server.create(server.upload(BatchFixture.line("a", url, body)), url);
        await(() -> router.queue().requests() == 1);
        assertThat(server.post(url, body).statusCode())
                .as("it came later, and its time is over")
                .isEqualTo(504);
        assertThat(router.queue().requests()).isEqualTo(1);
        taken.booking().release();
        JsonNode counts = server.ended(id).path("request_counts");
        assertThat(counts.path("completed").asInt()).isEqualTo(1);
    }

    @Test
    void a_chat_has_all_of_its_time_when_it_is_let_in() {
        Router router = offer("slow", chats);
        outwait(router, "/v1/completions", "{'model':'slow','prompt':'hi'}");
        assertThat(chats.started()).hasSize(1);
        assertThat(chats.started().getLast().request().timeLimit()).isEqualTo(LIMIT);
    }

    @Test
    void so_have_embeddings() {
        Router router = offer("letters", vectors);
        outwait(router, "/v1/embeddings", "{'model':'letters','input':'a'}");
        assertThat(vectors.asked()).hasSize(1);
    }
}
