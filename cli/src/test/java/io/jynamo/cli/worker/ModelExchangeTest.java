package io.jynamo.cli.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.cli.frontend.FleetFrontend;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that runs and, one day, serves another model under the same URL. */
class ModelExchangeTest {
    @TempDir
    private Path folder;

    private TestFleet fleet;
    private FleetFrontend frontend;
    private FakeServer server;

    @BeforeEach
    void begin() {
        fleet = new TestFleet(folder);
        frontend = fleet.frontend();
        server = fleet.own(new FakeServer(FakeServer.Kind.VLLM, 0, 1, served("old", "old", 4096)));
        fleet.worker(Map.of(
                "engine",
                "vllm",
                "attach",
                server.url().toString(),
                "model",
                fleet.model("old").toString()));
        fleet.awaitAnswer(frontend, "old");
    }

    @AfterEach
    void end() {
        fleet.close();
    }

    @Test
    void anotherModelIsOfferedUnderItsOwnNameAndNobodyElseGetsIt() {
        server.serve(served("new", "new", 2048));
        HttpResponse<String> answer = fleet.awaitAnswer(frontend, "new");
        assertThat(answer.body()).contains("\"model\":\"new\"");
        assertThat(frontend.workers()).hasSize(1).allSatisfy(worker -> {
            assertThat(worker.card().name()).isEqualTo("new");
            assertThat(worker.card().maxModelLen()).isEqualTo(2048);
        });
        int before = server.calls().size();
        assertThat(fleet.complete(frontend, "old", "hello", 2).statusCode()).isEqualTo(503);
        assertThat(server.calls()).hasSize(before);
    }

    @Test
    void theSameNameWithAnotherContextIsOfferedAnew() {
        server.serve(served("old", "old", 2048));
        TestFleet.await(
                "the new card",
                () -> frontend.workers().stream()
                        .anyMatch(worker -> worker.description() != null
                                && worker.description().card() != null
                                && worker.card().maxModelLen() == 2048));
        fleet.awaitAnswer(frontend, "old");
        assertThat(fleet.complete(frontend, "old", "hello", 3000).statusCode()).isEqualTo(400);
    }

    @Test
    void aModelWhoseTextSideIsNotAtHandIsNotOfferedAndTheOldOneComesBack() {
        server.serve(new FakeServer.Model("far", "somebody/far", 2048));
        TestFleet.await("the old one to be withdrawn", () -> frontend.workers().isEmpty());
        assertThat(fleet.complete(frontend, "far", "hello", 2).statusCode()).isEqualTo(404);
        server.serve(served("old", "old", 4096));
        fleet.awaitAnswer(frontend, "old");
    }

    @Test
    void aClientsWordsOfMovedBlocksReachNoEngine() {
        String body = "{\"model\":\"old\",\"prompt\":\"hello\",\"max_tokens\":2,"
                + "\"kv_transfer_params\":{\"do_remote_prefill\":true}}";
        HttpResponse<String> refused = fleet.post(frontend.address().resolve("/v1/completions"), body);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("kv_transfer_params");
        String nested = body.replace("\"kv_transfer_params\"", "\"vllm_xargs\":{},\"extra_body\"");
        fleet.post(frontend.address().resolve("/v1/completions"), nested);
        assertThat(server.calls())
                .isNotEmpty()
                .extracting(FakeServer.Call::body)
                .allSatisfy(sent -> assertThat(sent).doesNotContain("kv_transfer", "remote_prefill"));
    }

    @Test
    void clientsAreToldCachedTokensThatTheEngineTellsAtItsEnd() {
        HttpResponse<String> answer = fleet.complete(frontend, "old", "one two three four five six", 3);
        List<FakeServer.Call> calls = server.calls();
        assertThat(calls).isNotEmpty();
        assertThat(answer.body()).containsPattern("\"prompt_tokens_details\":\\{\"cached_tokens\":[1-9]");
    }

    private FakeServer.Model served(String id, String root, int context) {
        return new FakeServer.Model(id, fleet.model(root).toString(), context);
    }
}
