package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.BadRequestException;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** OpenAI's clients and an encoder: vectors in base64, as their clients ask for them, and as numbers. */
class EmbeddingClientsTest {
    private static final Path ROOT = Path.of(System.getProperty("jynamo.root"));
    /** What is asked for where nothing is said, and either by name. */
    private static final List<UnaryOperator<EmbeddingCreateParams.Builder>> FORMATS = List.of(
            params -> params,
            params -> params.encodingFormat(EmbeddingCreateParams.EncodingFormat.FLOAT),
            params -> params.encodingFormat(EmbeddingCreateParams.EncodingFormat.BASE64));

    private static final Path MODEL = ROOT.resolve("cli/src/test/resources/tiny-bert");

    @SuppressWarnings("NullAway.Init") // before all
    private static Server server;

    @BeforeAll
    static void start() {
        server = Server.start(List.of("--model", MODEL.toString()), Map.of());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonNode expected() throws IOException {
        return Http.parse(Files.readString(MODEL.resolve("expected.json")));
    }

    @Test
    void openais_java_client_reads_vectors() throws IOException {
        JsonNode cases = expected();
        OpenAIClient client = OpenAIOkHttpClient.builder()
                .baseUrl(server.at("/v1").toString())
                .apiKey("none")
                .maxRetries(0)
                .build();
        try {
            for (UnaryOperator<EmbeddingCreateParams.Builder> format : FORMATS) {
                var params = format.apply(EmbeddingCreateParams.builder()
                        .model("tiny-bert")
                        .inputOfArrayOfStrings(cases.valueStream()
                                .map(one -> one.path("text").asString())
                                .toList()));
                CreateEmbeddingResponse answer = client.embeddings().create(params.build());
                assertThat(answer.model()).isEqualTo("tiny-bert");
                assertThat(answer.data()).hasSize(cases.size());
                for (int i = 0; i < cases.size(); i++) {
                    List<Float> vector = answer.data().get(i).embedding();
                    JsonNode numbers = cases.get(i).path("vector");
                    assertThat(vector).hasSize(numbers.size());
                    for (int k = 0; k < vector.size(); k++) {
                        assertThat(vector.get(k)).isCloseTo(numbers.get(k).floatValue(), within(1e-5f));
                    }
                }
            }
            assertThatThrownBy(() -> client.embeddings()
                            .create(EmbeddingCreateParams.builder()
                                    .model("tiny-bert")
                                    .input("the cat")
                                    .dimensions(4)
                                    .build()))
                    .isInstanceOf(BadRequestException.class)
                    .hasMessageContaining("Matryoshka");
        } finally {
            client.close();
        }
    }

    @Test
    void openais_javascript_client_reads_vectors() throws IOException {
        Path room = ROOT.resolve("conformance");
        assumeTrue(
                Files.isDirectory(room.resolve("node_modules/openai")),
                "not run: the npm package openai is not installed (npm ci in conformance/ brings it)");
        var run = Command.run(
                List.of(
                        "node",
                        room.resolve("src/test/js/embeddings.js").toString(),
                        server.at("/v1").toString(),
                        "tiny-bert"),
                Map.of());
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        JsonNode seen = Http.parse(run.out());
        JsonNode vector = expected().get(0).path("vector");
        for (String format : new String[] {"plain", "numbers"}) {
            assertThat(seen.path(format)).as(format).hasSize(vector.size());
            for (int k = 0; k < vector.size(); k++) {
                assertThat(seen.path(format).get(k).doubleValue())
                        .isCloseTo(vector.get(k).doubleValue(), within(1e-5));
            }
        }
        assertThat(seen.path("tokens").asInt())
                .isEqualTo(expected().get(0).path("ids").size());
        assertThat(seen.path("chat").asInt()).isEqualTo(400);
    }
}
