package io.jynamo.cli.worker;

import static io.jynamo.cli.worker.TestFleet.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.jynamo.cli.frontend.FleetFrontend;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The real vLLM on the CPU as a server of embeddings: MiniLM's vectors as transformers has them, ranks by them, and its end and return. */
@Tag("long")
@Timeout(600)
class RealEmbeddingsTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String MODEL = "all-minilm-l6-v2";

    @TempDir
    private Path folder;

    private TestFleet fleet;
    private FleetFrontend frontend;

    @BeforeEach
    void begin() {
        fleet = new TestFleet(folder);
        frontend = fleet.frontend();
    }

    @AfterEach
    void end() {
        fleet.close();
    }

    private static List<JsonNode> cases() throws IOException {
        return JSON.readTree(Files.readString(Path.of(
                        System.getProperty("jynamo.root"),
                        "engine/src/test/resources/golden/encoders/all-minilm-l6-v2.json")))
                .get("cases")
                .valueStream()
                .filter(one -> !one.get("text").stringValue().startsWith("past the limit"))
                .toList();
    }

    private HttpResponse<String> ask(String path, ObjectNode body) {
        return fleet.post(
                frontend.address().resolve(path), body.put("model", MODEL).toString());
    }

    private static JsonNode ok(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private HttpResponse<String> embed(List<JsonNode> cases) {
        ObjectNode body = JSON.createObjectNode().put("encoding_format", "base64");
        ArrayNode input = body.putArray("input");
        cases.forEach(one -> input.add(one.get("text").stringValue()));
        return ask("/v1/embeddings", body);
    }

    private static float[] floats(JsonNode base64) {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64.stringValue()))
                .order(ByteOrder.LITTLE_ENDIAN);
        float[] numbers = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(numbers);
        return numbers;
    }

    private static void assertGolden(JsonNode answer, List<JsonNode> cases) {
        assertThat(answer.path("data")).hasSize(cases.size());
        for (int i = 0; i < cases.size(); i++) {
            float[] vector = floats(answer.at("/data/" + i + "/embedding"));
            float[] golden = floats(cases.get(i).get("vector"));
            assertThat(vector).hasSameSizeAs(golden);
            for (int k = 0; k < golden.length; k++) {
                assertThat(vector[k]).as("text %s", i).isCloseTo(golden[k], within(1e-4f));
            }
        }
        assertThat(answer.at("/usage/prompt_tokens").asInt())
                .isEqualTo(cases.stream().mapToInt(one -> one.get("ids").size()).sum());
    }

    @Test
    void vllmsVectorsArePassedOnAndItMayFallAndComeBack() throws IOException {
        PeerEngines peers = new PeerEngines(fleet, folder);
        int port = PeerEngines.freePort();
        PeerEngines.Embedding engine = peers.vllmEmbeddings(PeerEngines.miniLm(), port);
        fleet.worker(Map.of(
                "engine",
                "openai",
                "attach",
                engine.url().toString(),
                "model",
                PeerEngines.miniLm().toString(),
                "served-model-name",
                MODEL));
        List<JsonNode> cases = cases();
        await("an answer", () -> embed(cases).statusCode() == 200);
        assertGolden(ok(embed(cases)), cases);
        ranks();
        refusesWhatIsTooLong();

        PeerEngines.kill(engine.process());
        HttpResponse<String> lost = embed(cases);
        assertThat(lost.statusCode()).as(lost.body()).isIn(502, 503);
        peers.vllmEmbeddings(PeerEngines.miniLm(), port);
        await("its return", () -> embed(cases).statusCode() == 200);
        assertGolden(ok(embed(cases)), cases);
    }

    private void ranks() {
        ObjectNode body = JSON.createObjectNode().put("query", "a cat sleeps").put("top_n", 2);
        body.putArray("documents")
                .add("stock prices fell")
                .add("the kitten is asleep")
                .add("a dog barks");
        JsonNode ranks = ok(ask("/v1/rerank", body));
        assertThat(ranks.at("/results/0/index").asInt()).isEqualTo(1);
        assertThat(ranks.at("/results/1/index").asInt()).isEqualTo(2);
        assertThat(ranks.at("/results/0/relevance_score").doubleValue()).isBetween(0.3, 1.0);
    }

    private void refusesWhatIsTooLong() {
        HttpResponse<String> refused =
                ask("/v1/embeddings", JSON.createObjectNode().put("input", "past the limit ".repeat(120)));
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
        assertThat(refused.body()).contains("context_length_exceeded");
        JsonNode cut = ok(ask(
                "/v1/embeddings",
                JSON.createObjectNode()
                        .put("input", "past the limit ".repeat(120))
                        .put("truncate_prompt_tokens", -1)));
        assertThat(cut.at("/usage/prompt_tokens").asInt()).isEqualTo(256);
    }
}
