package io.jynamo.engine.trtllm;

import io.jynamo.engine.attached.FakeServer;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * trtllm-serve as its sources document it: models without their context, fields that it does not know refused, ids instead
 * of text. No real one answered here.
 */
final class TrtllmFake {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int VOCABULARY = 1000;
    private static final Set<String> FIELDS = Set.of(
            "model",
            "prompt",
            "best_of",
            "echo",
            "frequency_penalty",
            "logit_bias",
            "logprobs",
            "max_tokens",
            "n",
            "presence_penalty",
            "seed",
            "stop",
            "stream",
            "stream_options",
            "suffix",
            "temperature",
            "top_p",
            "user",
            "lora_request",
            "use_beam_search",
            "top_k",
            "min_p",
            "repetition_penalty",
            "stop_token_ids",
            "ignore_eos",
            "min_tokens",
            "skip_special_tokens",
            "detokenize",
            "add_special_tokens",
            "priority",
            "disaggregated_params");

    private TrtllmFake() {}

    static FakeServer serve() {
        return new FakeServer((call, reply) -> {
            switch (call.path()) {
                case "/v1/models" ->
                    reply.whole(
                            200,
                            "application/json",
                            "{\"object\":\"list\",\"data\":[{\"id\":\"tiny\",\"object\":\"model\",\"created\":1,"
                                    + "\"owned_by\":\"tensorrt_llm\"}]}");
                case "/health" -> reply.whole(200, "text/plain", "");
                case "/v1/completions" -> complete(JSON.readTree(call.body()), reply);
                default -> reply.whole(404, "application/json", "{\"detail\":\"Not Found\"}");
            }
        });
    }

    private static void complete(JsonNode body, FakeServer.Reply reply) throws IOException {
        for (String field : body.propertyNames()) {
            if (!FIELDS.contains(field)) {
                refuse(reply, "extra_forbidden: " + field);
                return;
            }
        }
        JsonNode prompt = body.path("prompt");
        int state = 17;
        for (JsonNode id : prompt) {
            if (id.intValue() >= VOCABULARY) {
                refuse(reply, "Token ID " + id + " out of vocabulary range [0, " + VOCABULARY + ")");
                return;
            }
            state = state * 31 + id.intValue();
        }
        if (body.path("logprobs").isNumber() || body.path("n").asInt(1) > 1) {
            refuse(reply, "not in this fake");
            return;
        }
        reply.begin(200, "text/event-stream; charset=utf-8");
        int most = body.path("max_tokens").intValue();
        int said = 0;
        @Nullable String reason = null;
        while (reason == null) {
            state = state * 1_103_515_245 + 12_345;
            int id = 2 + Math.floorMod(state >> 8, VOCABULARY - 2);
            said++;
            boolean stops = false;
            for (JsonNode stop : body.path("stop_token_ids")) {
                stops |= stop.intValue() == id;
            }
            reason = stops ? "stop" : said == most ? "length" : null;
            if (most > 100 && said > 50) {
                reply.hang(); // as slow as a real one: what it has said so far is read before
                return;
            }
            chunk(reply, "[" + (stops ? "" : id) + "]", reason, stops ? id : null);
        }
        reply.piece(
                "data: {\"id\":\"cmpl-1\",\"object\":\"text_completion\",\"created\":1,\"model\":\"tiny\",\"choices\":[],"
                        + "\"usage\":{\"prompt_tokens\":" + prompt.size() + ",\"total_tokens\":"
                        + (prompt.size() + said)
                        + ",\"completion_tokens\":" + said + ",\"prompt_tokens_details\":{\"cached_tokens\":0}}}\n\n");
        reply.piece("data: [DONE]\n\n");
        reply.end();
    }

    private static void chunk(FakeServer.Reply reply, String ids, @Nullable String reason, @Nullable Integer stop)
            throws IOException {
        reply.piece(
                "data: {\"id\":\"cmpl-1\",\"object\":\"text_completion\",\"created\":1,\"model\":\"tiny\",\"choices\":[{"
                        + "\"index\":0,\"text\":\"\",\"token_ids\":" + ids + ",\"logprobs\":null,\"finish_reason\":"
                        + (reason == null ? "null" : "\"" + reason + "\"") + ",\"stop_reason\":" + stop
                        + "}],\"usage\":null}\n\n");
    }

    private static void refuse(FakeServer.Reply reply, String message) throws IOException {
        reply.whole(
                400,
                "application/json",
                JSON.writeValueAsString(JSON.createObjectNode()
                        .put("object", "error")
                        .put("message", message)
                        .put("type", "BadRequestError")
                        .put("code", 400)));
    }
}
