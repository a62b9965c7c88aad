package io.jynamo.engine.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.OutputConstraint;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Resumption;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenIds;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Exactly what is sent: no field is there that was not meant, {@code kv_transfer_params} above all. */
class CompletionsDialectTest {
    private static final Sampling EVERYTHING =
            new Sampling(0.5f, 0.9f, 40, 0.05f, 1.1f, 0.2f, 0.3f, Map.of(7, -1.5f, 3, 2f), -2L);

    @Test
    void saysEverythingToVllm() {
        assertThat(body(CompletionsTraits.VLLM, request(EVERYTHING, 2))).isEqualTo(json("""
                {"model":"lora-1","prompt":[5,6,7],"stream":true,"stream_options":{"include_usage":true},
                 "max_tokens":9,"min_tokens":2,"stop_token_ids":[1,2],"ignore_eos":true,
                 "temperature":0.5,"top_p":0.9,"top_k":40,"min_p":0.05,"repetition_penalty":1.1,
                 "presence_penalty":0.2,"frequency_penalty":0.3,"logit_bias":{"3":2.0,"7":-1.5},
                 "seed":9223372036854775806,"logprobs":3,"return_tokens_as_token_ids":true,"echo":true,
                 "return_token_ids":true,"n":2,"priority":-4,"cache_salt":"tenant"}"""));
    }

    @Test
    void saysToLlamaCppWhatItKnows() {
        Sampling sampling = new Sampling(0.5f, 0.9f, 0, 0f, 1f, 0f, 0f, Map.of(), 1L << 40);
        GenerationRequest request =
                GenerationRequest.of(new RequestId("a"), TokenIds.of(5), sampling, new Stopping(3, 0, Set.of(), true));
        assertThat(body(CompletionsTraits.LLAMA_CPP, request)).isEqualTo(json("""
                {"model":"m","prompt":[5],"stream":true,"stream_options":{"include_usage":true},"max_tokens":3,
                 "ignore_eos":true,"temperature":0.5,"top_p":0.9,"top_k":0,"min_p":0.0,"repeat_penalty":1.0,
                 "presence_penalty":0.0,"frequency_penalty":0.0,"seed":256}"""));
    }

    @Test
    void saysTextToWhoeverTakesNoIds() {
        assertThat(body(CompletionsTraits.PLAIN, request(Sampling.GREEDY, 1, "once upon")))
                .isEqualTo(json("""
                {"model":"m","prompt":"once upon","stream":true,"stream_options":{"include_usage":true},
                 "max_tokens":3,"temperature":0.0,"top_p":1.0}"""));
    }

    @Test
    void drawsOneTokenWhereGreedyChoicesAreRefused() {
        JsonNode body = body(CompletionsTraits.VLLM, request(Sampling.GREEDY, 2));
        assertThat(body.path("temperature").floatValue()).isEqualTo(1f);
        assertThat(body.path("top_k").intValue()).isEqualTo(1);
        assertThat(body.path("top_p").floatValue()).isBetween(1e-9f, 1e-5f);
    }

    private static final String SCHEMA = "{\"type\":\"object\",\"required\":[\"a\"]}";

    private static String form(CompletionsTraits traits, OutputConstraint.Form form) {
        GenerationRequest request = request(Sampling.GREEDY, 1, "hi").withConstraint(OutputConstraint.of(form));
        JsonNode body = body(traits, request);
        var told = new StringBuilder();
        for (String field : List.of("structured_outputs", "response_format", "json_schema", "grammar")) {
            if (body.has(field)) {
                told.append(field).append(' ').append(body.path(field));
            }
        }
        return told.toString();
    }

    @Test
    void aFormIsToldInEachServersOwnField() {
        var object = new OutputConstraint.JsonObject(false);
        var schema = new OutputConstraint.JsonSchema(SCHEMA, true, true);
        var regex = new OutputConstraint.Regex("a|b");
        var oneOf = new OutputConstraint.OneOf(List.of("a.b", "c\n\"d\""));
        var grammar = new OutputConstraint.Grammar("root ::= \"x\"");

        assertThat(form(CompletionsTraits.VLLM, object)).isEqualTo("structured_outputs {\"json_object\":true}");
        assertThat(form(CompletionsTraits.VLLM, schema)).isEqualTo("structured_outputs {\"json\":" + SCHEMA + "}");
        assertThat(form(CompletionsTraits.VLLM, regex)).isEqualTo("structured_outputs {\"regex\":\"a|b\"}");
        assertThat(form(CompletionsTraits.VLLM, oneOf))
                .isEqualTo("structured_outputs {\"choice\":[\"a.b\",\"c\\n\\\"d\\\"\"]}");
        assertThat(form(CompletionsTraits.VLLM, grammar))
                .isEqualTo("structured_outputs {\"grammar\":\"root ::= \\\"x\\\"\"}");

        assertThat(form(CompletionsTraits.TRTLLM, schema))
                .isEqualTo("response_format {\"type\":\"json\",\"schema\":" + SCHEMA + "}");
        assertThat(form(CompletionsTraits.TRTLLM, regex))
                .isEqualTo("response_format {\"type\":\"regex\",\"regex\":\"a|b\"}");
        assertThat(form(CompletionsTraits.TRTLLM, new OutputConstraint.OneOf(List.of("a.b", "c"))))
                .isEqualTo("response_format {\"type\":\"regex\",\"regex\":\"(a\\\\.b|c)\"}");
        assertThat(form(CompletionsTraits.TRTLLM, grammar))
                .isEqualTo("response_format {\"type\":\"ebnf\",\"ebnf\":\"root ::= \\\"x\\\"\"}");

        assertThat(form(CompletionsTraits.LLAMA_CPP, object)).isEqualTo("json_schema {\"type\":\"object\"}");
        assertThat(form(CompletionsTraits.LLAMA_CPP, schema)).isEqualTo("json_schema " + SCHEMA);
        assertThat(form(CompletionsTraits.LLAMA_CPP, oneOf))
                .isEqualTo("grammar \"root ::= \\\"a.b\\\" | \\\"c\\\\n\\\\\\\"d\\\\\\\"\\\"\"");

        assertThat(form(CompletionsTraits.PLAIN, object)).isEqualTo("response_format {\"type\":\"json_object\"}");
        assertThat(form(CompletionsTraits.PLAIN, schema))
                .isEqualTo("response_format {\"type\":\"json_schema\",\"json_schema\":{\"name\":\"output\",\"schema\":"
                        + SCHEMA + ",\"strict\":true}}");
    }

    @Test
    void aSchemaThatIsNoJsonReachesNoBody() {
        var escape = new OutputConstraint.JsonSchema("{}},\"kv_transfer_params\":{", false, false);
        assertThatThrownBy(() -> form(CompletionsTraits.VLLM, escape))
                .isInstanceOf(JynamoException.class)
                .hasMessageContaining("schema");
    }

    private static JsonNode body(CompletionsTraits traits, GenerationRequest request) {
        return json(new String(
                new CompletionsDialect("http://e", "m", traits, Set.of()).body(request), StandardCharsets.UTF_8));
    }

    private static JsonNode json(String text) {
        // Floats are written as such; compared as they are read.
        return new JsonMapper().readTree(text);
    }

    private static GenerationRequest request(Sampling sampling, int choices) {
        return new GenerationRequest(
                new RequestId("a"),
                TokenIds.of(5, 6, 7),
                sampling,
                new Stopping(9, 2, Set.of(2, 1), true),
                new CacheScope("lora-1", "tenant"),
                choices,
                3,
                1,
                4,
                Duration.ofMinutes(1),
                5);
    }

    private static GenerationRequest request(Sampling sampling, int choices, String text) {
        return new GenerationRequest(
                new RequestId("a"),
                TokenIds.of(5, 6, 7),
                sampling,
                Stopping.after(3),
                CacheScope.SHARED,
                choices,
                GenerationRequest.NO_LOGPROBS,
                GenerationRequest.NO_LOGPROBS,
                0,
                Duration.ofMinutes(1),
                5,
                Resumption.NONE,
                text);
    }
}
