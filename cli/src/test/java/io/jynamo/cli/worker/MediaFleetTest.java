package io.jynamo.cli.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.cli.frontend.FleetFrontend;
import io.jynamo.protocol.Media;
import io.jynamo.protocol.MediumName;
import io.jynamo.protocol.Modality;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Images on their way from a client through a frontend and a worker, by the wire, to engines of others. */
class MediaFleetTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 1, 2, 3};
    private static final String URL =
            "data:image/png;base64," + Base64.getEncoder().encodeToString(PNG);
    private static final String MESSAGES =
            "[{'content':[{'type':'text','text':'what?'},{'type':'image_url','image_url':" + "{'url':'" + URL
                    + "'}}],'role':'user'}]";

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

    private FakeServer join(FakeServer.Kind kind, String engine, Map<String, String> more) {
        String root = fleet.model("root").toString();
        FakeServer server = fleet.own(new FakeServer(kind, 0, 1, new FakeServer.Model("root", root, 4096)));
        Map<String, String> told =
                new HashMap<>(Map.of("engine", engine, "attach", server.url().toString(), "model", root));
        told.putAll(more);
        fleet.worker(told);
        fleet.awaitAnswer(frontend, "root");
        return server;
    }

    private HttpResponse<String> ask(String members) {
        String body = "{'model':'root','messages':" + MESSAGES + members + "}";
        return fleet.post(frontend.address().resolve("/v1/chat/completions"), body.replace('\'', '"'));
    }

    private static JsonNode json(String text) {
        return JSON.readTree(text.replace('\'', '"'));
    }

    /** The messages as vLLM gets them. */
    private static String named() {
        String name = MediumName.of(new Media(Modality.IMAGE, "image/png", PNG)).within(null);
        return MESSAGES.replace("'}}],", "'},'uuid':'" + name + "'}],");
    }

    /** The walk from end to end: what vLLM got, word for word, and what the client heard. */
    @Test
    void vllmGetsTheImageAndItsAnswerIsStreamed() {
        FakeServer server = join(FakeServer.Kind.VLLM, "vllm", Map.of("modalities", "image,video"));
        HttpResponse<String> answer =
                ask(",'stream':true,'stream_options':{'include_usage':true},'temperature':0,'max_tokens':7");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("data: [DONE]", "\"prompt_tokens\":777", "\"completion_tokens\":3");
        FakeServer.Call call = server.calls().getLast();
        assertThat(call.path()).isEqualTo("/v1/chat/completions");
        assertThat(JSON.readTree(call.body()))
                .isEqualTo(json("{'model':'root','messages':" + named() + ",'stream':true,"
                        + "'stream_options':{'include_usage':true},'max_tokens':7,'temperature':0.0,'top_p':1.0,'top_k':0,"
                        + "'min_p':0.0,'repetition_penalty':1.0,'presence_penalty':0.0,'frequency_penalty':0.0,"
                        + "'return_token_ids':true}"));
        String models = fleet.get(frontend.address(), "/v1/models");
        assertThat(models).contains("\"modalities\":[\"text\",\"image\",\"video\"]");
    }

    @Test
    void sglangIsAskedForRawTextAndToldOfNoTools() {
        FakeServer server = join(FakeServer.Kind.SGLANG, "sglang", Map.of("modalities", "image"));
        HttpResponse<String> answer = ask(",'max_tokens':3");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(json(answer.body()).at("/choices/0/message/content").asString(""))
                .isEqualTo("xxx");
        assertThat(JSON.readTree(server.calls().getLast().body())
                        .path("separate_reasoning")
                        .asBoolean(true))
                .isFalse();
        HttpResponse<String> logprobs = ask(",'logprobs':true");
        assertThat(logprobs.statusCode()).isEqualTo(400);
        assertThat(logprobs.body()).contains("unsupported_parameter", "logprobs beside media");
    }

    /** What a model reads stands in its own files, where its engine does not say. */
    @Test
    void aFolderSaysWhatItsModelReads() throws IOException {
        Path root = fleet.model("root");
        Files.writeString(root.resolve("config.json"), """
                {"architectures":["LlamaForCausalLM"],"vision_config":{},"thinker_config":{"audio_config":{}}}""");
        assertThat(ModelModalities.find(root).map(Object::toString)).contains("[TEXT, IMAGE, AUDIO]");
        assertThat(ModelModalities.find(folder)).isEmpty();
    }

    @Test
    void aModelOfTextRefusesByName() {
        FakeServer server = join(FakeServer.Kind.VLLM, "vllm", Map.of());
        HttpResponse<String> answer = ask("");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body())
                .contains("unsupported_parameter", "messages[0].content[1].image_url", "--modalities image");
        assertThat(server.calls()).noneMatch(call -> call.path().contains("chat"));
    }
}
