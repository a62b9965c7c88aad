package io.jynamo.engine.sglang;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.engine.attached.AttachOptions;
import io.jynamo.engine.attached.CardOverrides;
import io.jynamo.engine.attached.FakeServer;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.OutputConstraint;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.WorkerId;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reasoning before output that is held to a form: SGLang lets a model think first where it knows how thinking ends. */
class SglangThinkingTest {
    @ParameterizedTest
    @CsvSource({"'\"reasoning_parser\":\"qwen3\"',true", "'\"reasoning_parser\":null',false", "'\"page_size\":1',false"
    })
    void itsOwnParserMakesItWait(String said, boolean waits) {
        try (FakeServer server = server(said);
                SglangEngine engine = SglangEngine.attach(
                        new WorkerId(1), AttachOptions.of(server.url()).withCard(CardOverrides.ofVocabulary(100)))) {
            assertThat(engine.card().can(Capability.THINKING_FIRST)).isEqualTo(waits);
        }
    }

    private static FakeServer server(String info) {
        return new FakeServer((call, reply) -> {
            switch (call.path()) {
                case "/v1/models" ->
                    reply.whole(
                            200,
                            "application/json",
                            "{\"data\":[{\"id\":\"m\",\"owned_by\":\"sglang\",\"root\":\"m\",\"max_model_len\":64}]}");
                case "/server_info" -> reply.whole(200, "application/json", "{" + info + "}");
                case "/generate" -> {
                    reply.begin(200, "text/event-stream");
                    reply.piece("data: {\"output_ids\":[7],\"meta_info\":{\"completion_tokens\":1,"
                            + "\"finish_reason\":{\"type\":\"length\",\"length\":1}}}\n\ndata: [DONE]\n\n");
                    reply.end();
                }
                default -> reply.whole(200, "application/json", "{}");
            }
        });
    }

    private static JsonNode sent(OutputConstraint.Thinking thinking) {
        var dialect = new SglangDialect("http://x", "m", Set.of(), false, null);
        var held = new OutputConstraint(new OutputConstraint.Regex("a+"), thinking);
        GenerationRequest request = GenerationRequest.of(
                        new RequestId("r"), TokenIds.of(1), Sampling.GREEDY, Stopping.after(9))
                .withConstraint(held);
        return JsonMapper.shared().readTree(dialect.body(request));
    }

    @Test
    void whatTheFormWaitsForIsReasoningThatHasBegun() {
        List<String> opens = List.of("<think>");
        List<String> closes = List.of("</think>");
        JsonNode begun = sent(new OutputConstraint.Thinking(true, opens, closes));
        assertThat(begun.path("require_reasoning").asBoolean(false)).isTrue();
        assertThat(begun.at("/sampling_params/regex").asString("")).isEqualTo("a+");
        assertThat(sent(new OutputConstraint.Thinking(false, opens, closes)).has("require_reasoning"))
                .isFalse();
        assertThat(sent(OutputConstraint.Thinking.NONE).has("require_reasoning"))
                .isFalse();
    }
}
