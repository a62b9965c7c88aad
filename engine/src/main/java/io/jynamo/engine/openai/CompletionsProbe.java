package io.jynamo.engine.openai;

import io.jynamo.engine.attached.AttachOptions;
import io.jynamo.engine.attached.EngineHttp;
import io.jynamo.engine.attached.Json;
import io.jynamo.engine.attached.TestRequest;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenIds;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/**
 * Finds out what a server behind {@code /v1/completions} can do, by asking it for single tokens. Whether it knows a field is
 * told by a value of the wrong type: who reads the field refuses it, who does not know it answers.
 */
final class CompletionsProbe {
    private static final Map<Capability, String> FIELDS = new TreeMap<>(Map.of(
            Capability.SEED, "seed",
            Capability.TOP_K, "top_k",
            Capability.MIN_P, "min_p",
            Capability.REPETITION_PENALTY, "repetition_penalty",
            Capability.PENALTIES, "presence_penalty",
            Capability.LOGIT_BIAS, "logit_bias",
            Capability.MIN_TOKENS, "min_tokens",
            Capability.STOP_TOKEN_IDS, "stop_token_ids",
            Capability.IGNORE_EOS, "ignore_eos",
            Capability.JSON_OUTPUT, "response_format"));

    /** As many choices as a test request may be answered with. */
    private static final GenerationRequest TWO_CHOICES = new GenerationRequest(
            new RequestId("attach"),
            TokenIds.of(1),
            Sampling.GREEDY,
            Stopping.after(1),
            CacheScope.SHARED,
            2,
            GenerationRequest.NO_LOGPROBS,
            GenerationRequest.NO_LOGPROBS,
            0,
            Duration.ofMinutes(1),
            GenerationRequest.UNLIMITED_CREDIT);

    private final EngineHttp http;
    private final String model;
    private final AttachOptions options;

    CompletionsProbe(EngineHttp http, String model, AttachOptions options) {
        this.http = http;
        this.model = model;
        this.options = options;
    }

    /** What the server does; it fails where it gives no text at all. */
    Set<Capability> find() {
        Set<Capability> found = EnumSet.of(Capability.COMPLETIONS, Capability.CANCEL);
        boolean ids = ask(true, json -> {}).worked();
        TestRequest plain = ids ? null : ask(false, json -> {});
        if (plain != null && !plain.worked()) {
            throw noCompletions(plain);
        }
        if (ids) {
            found.add(Capability.TOKEN_INPUT);
        }
        if (tellsIds(ids, CompletionsTraits.IdsAsked.BESIDE_TEXT)) {
            found.add(Capability.TOKEN_OUTPUT);
        }
        if (tellsLogprobs(ids)) {
            found.add(Capability.LOGPROBS);
        }
        TestRequest two = ask(ids, json -> {
            json.writeNumberProperty("n", 2);
            json.writeNumberProperty("temperature", 1);
        });
        if (two.deltas().stream().filter(d -> d.finish() != null).count() == 2) {
            found.add(Capability.CHOICES);
        }
        FIELDS.forEach((capability, field) -> {
            GenerationEnd.Failure refusal =
                    ask(ids, json -> json.writeStringProperty(field, "x")).failure();
            if (refusal != null && refusal.code() == ErrorCode.INVALID_REQUEST) {
                found.add(capability);
            }
        });
        GenerationEnd.Failure salt =
                ask(ids, json -> json.writeNumberProperty("cache_salt", 1)).failure();
        if (salt != null && salt.code() == ErrorCode.INVALID_REQUEST) {
            found.add(Capability.CACHE_SALT);
        }
        return found;
    }

    /** Fails where the server gives no token for a prompt of ids. */
    void requireToken() {
        TestRequest asked = ask(true, json -> {});
        if (!asked.worked()) {
            throw noCompletions(asked);
        }
    }

    /** Whether output comes as ids when it is asked for so. */
    boolean tellsIds(boolean idsIn, CompletionsTraits.IdsAsked how) {
        AtomicBoolean told = new AtomicBoolean();
        byte[] body = body(idsIn, json -> {
            switch (how) {
                case BESIDE_TEXT -> json.writeBooleanProperty("return_token_ids", true);
                case INSTEAD_OF_TEXT -> json.writeBooleanProperty("detokenize", false);
            }
        });
        TestRequest.send(
                http,
                "/v1/completions",
                body,
                (event, parts) -> {
                    JsonNode chunk = Json.tryTree(event.data());
                    if (chunk != null
                            && chunk.path("choices").path(0).path("token_ids").isArray()) {
                        told.set(true);
                    }
                },
                options);
        return told.get();
    }

    private boolean tellsLogprobs(boolean idsIn) {
        AtomicBoolean told = new AtomicBoolean();
        byte[] body = body(idsIn, json -> {
            json.writeNumberProperty("logprobs", 1);
            json.writeBooleanProperty("return_tokens_as_token_ids", true);
        });
        TestRequest.send(
                http,
                "/v1/completions",
                body,
                (event, parts) -> {
                    JsonNode chunk = Json.tryTree(event.data());
                    if (chunk != null
                            && CompletionsLogprobs.haveIds(
                                    chunk.path("choices").path(0).path("logprobs"))) {
                        told.set(true);
                    }
                },
                options);
        return told.get();
    }

    private TestRequest ask(boolean ids, Consumer<JsonGenerator> fields) {
        CompletionsReader reader = CompletionsReader.ofText(http.url(), TWO_CHOICES);
        return TestRequest.send(http, "/v1/completions", body(ids, fields), reader, options);
    }

    private byte[] body(boolean ids, Consumer<JsonGenerator> fields) {
        return Json.object(json -> {
            json.writeStringProperty("model", model);
            json.writeName("prompt");
            if (ids) {
                json.writeArray(new int[] {1}, 0, 1);
            } else {
                json.writeString("a");
            }
            json.writeNumberProperty("max_tokens", 1);
            json.writeBooleanProperty("stream", true);
            fields.accept(json);
        });
    }

    private JynamoException noCompletions(TestRequest asked) {
        GenerationEnd.@Nullable Failure failure = asked.failure();
        List<ErrorCode> ours = List.of(ErrorCode.NOT_READY, ErrorCode.OVERLOADED, ErrorCode.WORKER_LOST);
        ErrorCode code =
                failure != null && ours.contains(failure.code()) ? failure.code() : ErrorCode.INVALID_CONFIGURATION;
        return new JynamoException(
                code,
                "the engine at " + http.url() + " gave no token by /v1/completions"
                        + (failure == null ? "" : ": " + failure.message()));
    }
}
