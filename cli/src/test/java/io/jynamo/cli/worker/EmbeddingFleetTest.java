package io.jynamo.cli.worker;

import static io.jynamo.cli.worker.TestFleet.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jynamo.cli.frontend.FleetFrontend;
import io.jynamo.cli.serve.ServeNode;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A BERT's folder, served in one process and by a fleet: over a socket, from text to the numbers that transformers gives. */
class EmbeddingFleetTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Path TINY =
            Path.of(System.getProperty("jynamo.root"), "cli", "src", "test", "resources", "tiny-bert");

    @TempDir
    Path folder;

    private TestFleet fleet;

    @BeforeEach
    void open() {
        fleet = new TestFleet(folder);
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private static JsonNode expected() throws IOException {
        return JSON.readTree(Files.readString(TINY.resolve("expected.json")));
    }

    private HttpResponse<String> embed(URI server, String model, List<String> texts, String format) {
        ObjectNode body = JSON.createObjectNode().put("model", model).put("encoding_format", format);
        ArrayNode input = body.putArray("input");
        texts.forEach(input::add);
        return fleet.post(server.resolve("/v1/embeddings"), body.toString());
    }

    private static JsonNode ok(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private static List<String> texts(JsonNode cases) {
        return cases.valueStream().map(one -> one.get("text").stringValue()).toList();
    }

    private static float[] floats(JsonNode base64) {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64.stringValue()))
                .order(ByteOrder.LITTLE_ENDIAN);
        float[] numbers = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(numbers);
        return numbers;
    }

    private void assertExpected(JsonNode answer) throws IOException {
        JsonNode cases = expected();
        assertThat(answer.path("data")).hasSize(cases.size());
        for (int i = 0; i < cases.size(); i++) {
            JsonNode vector = cases.get(i).get("vector");
            JsonNode told = answer.at("/data/" + i + "/embedding");
            for (int k = 0; k < vector.size(); k++) {
                assertThat(told.get(k).doubleValue())
                        .as("text %s, number %s", i, k)
                        .isCloseTo(vector.get(k).doubleValue(), within(1e-5));
            }
        }
        int tokens = cases.valueStream().mapToInt(one -> one.get("ids").size()).sum();
        assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(tokens);
    }

    @Test
    void aFolderIsServedAsWhatItIs() throws IOException {
        ServeNode node = fleet.serve(Map.of("model", TINY.toString()));
        URI server = node.address();
        assertThat(JSON.readTree(fleet.get(server, "/v1/models"))
                        .at("/data/0/id")
                        .asString(""))
                .isEqualTo("tiny-bert");
        assertThat(JSON.readTree(fleet.get(server, "/v1/models"))
                        .at("/data/0/max_model_len")
                        .asInt())
                .isEqualTo(20);
        assertExpected(ok(embed(server, "tiny-bert", texts(expected()), "float")));

        JsonNode ranks = ok(fleet.post(
                server.resolve("/v1/rerank"),
                "{\"model\":\"tiny-bert\",\"query\":\"the cat\",\"documents\":[\"a b\",\"the cat\"],\"top_n\":1}"));
        assertThat(ranks.at("/results/0/index").asInt()).isEqualTo(1);
        assertThat(ranks.at("/results/0/relevance_score").doubleValue()).isCloseTo(1, within(1e-5));

        HttpResponse<String> chat = fleet.complete(server, "tiny-bert", "hello", 2);
        assertThat(chat.statusCode()).isEqualTo(400);
        assertThat(chat.body()).contains("generates no text");
        HttpResponse<String> long_ = embed(server, "tiny-bert", List.of("the cat ".repeat(20)), "float");
        assertThat(long_.statusCode()).isEqualTo(400);
        assertThat(long_.body()).contains("context_length_exceeded");
    }

    @Test
    void moreThanTheModelsPositionsAreRefusedAtTheStart() {
        assertThatThrownBy(() -> fleet.serve(Map.of("model", TINY.toString(), "max-model-len", "25")))
                .isInstanceOfSatisfying(
                        JynamoException.class,
                        refused -> assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .hasMessageContaining("24 positions");
    }

    @Test
    void aFleetGivesTheSameNumbersAndOutlivesAWorker() throws IOException {
        FleetFrontend frontend = fleet.frontend("prefix-affinity");
        WorkerNode first = fleet.worker(Map.of("model", TINY.toString(), "workers", "1"));
        WorkerNode second = fleet.worker(Map.of("model", TINY.toString(), "workers", "1"));
        await("two workers", () -> TestFleet.ready(frontend) == 2);
        List<String> texts = texts(expected());
        assertExpected(ok(embed(frontend.address(), "tiny-bert", texts, "float")));
        JsonNode one = ok(embed(frontend.address(), "tiny-bert", texts, "base64"));
        first.close();
        for (int i = 0; i < 4; i++) {
            JsonNode again = ok(embed(frontend.address(), "tiny-bert", texts, "base64"));
            assertThat(again.path("data")).as("to the bit, whoever computes it").isEqualTo(one.path("data"));
        }
        assertThat(floats(one.at("/data/0/embedding"))).hasSize(16);
        second.close();
        await("nobody is left", () -> TestFleet.ready(frontend) == 0);
        assertThat(embed(frontend.address(), "tiny-bert", texts, "float").statusCode())
                .isEqualTo(503);
    }

    @Test
    void miniLmAnswersOverASocketWhatTransformersDoes() throws IOException {
        Path model = Optional.ofNullable(System.getenv("JYNAMO_PEERS"))
                .map(Path::of)
                .orElse(Path.of(System.getProperty("user.home"), ".cache", "jynamo-peers"))
                .resolve("models")
                .resolve("all-minilm-l6-v2");
        assumeTrue(Files.exists(model), () -> "not run: all-minilm-l6-v2 has not been downloaded");
        JsonNode cases = JSON.readTree(Files.readString(Path.of(
                        System.getProperty("jynamo.root"),
                        "engine/src/test/resources/golden/encoders/all-minilm-l6-v2.json")))
                .get("cases");
        ServeNode node = fleet.serve(Map.of("model", model.toString()));
        List<String> texts = new ArrayList<>();
        List<JsonNode> kept = new ArrayList<>();
        for (JsonNode one : cases) {
            // What the model cannot take whole was cut for the golden: such texts have a test of their own, of token
            // ids.
            if (!one.get("text").stringValue().startsWith("past the limit")) {
                texts.add(one.get("text").stringValue());
                kept.add(one);
            }
        }
        JsonNode answer = ok(embed(node.address(), "all-minilm-l6-v2", texts, "base64"));
        int tokens = 0;
        for (int i = 0; i < kept.size(); i++) {
            tokens += kept.get(i).get("ids").size();
            float[] vector = floats(answer.at("/data/" + i + "/embedding"));
            float[] golden = floats(kept.get(i).get("vector"));
            double product = 0;
            for (int k = 0; k < 384; k++) {
                product += (double) vector[k] * golden[k];
                assertThat(vector[k]).as("text %s", i).isCloseTo(golden[k], within(1e-4f));
            }
            assertThat(product).as("cosine of text %s", i).isGreaterThan(0.99999);
        }
        assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(tokens);
        JsonNode cut = ok(fleet.post(
                node.address().resolve("/v1/embeddings"),
                "{\"model\":\"all-minilm-l6-v2\",\"truncate_prompt_tokens\":-1,\"input\":\""
                        + "past the limit ".repeat(120) + "\"}"));
        assertThat(cut.at("/usage/prompt_tokens").asInt()).isEqualTo(256);
        float[] golden = floats(cases.get(cases.size() - 1).get("vector"));
        for (int k = 0; k < 384; k++) {
            assertThat(cut.at("/data/0/embedding").get(k).floatValue()).isCloseTo(golden[k], within(1e-4f));
        }
    }
}
