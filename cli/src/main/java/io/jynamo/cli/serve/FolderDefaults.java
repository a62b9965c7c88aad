package io.jynamo.cli.serve;

import io.jynamo.frontend.ServedModel;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.Sampling;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the small JSON files beside a model say of its use: special tokens from {@code tokenizer_config.json}, sampling from
 * {@code generation_config.json}. Both may be missing.
 */
record FolderDefaults(@Nullable String bosText, @Nullable String eosText, Sampling sampling) {
    private static final JsonMapper JSON = new JsonMapper();

    static FolderDefaults read(Path folder) {
        JsonNode tokenizer = read(folder, "tokenizer_config.json");
        return new FolderDefaults(
                token(tokenizer.path("bos_token")),
                token(tokenizer.path("eos_token")),
                sampling(read(folder, "generation_config.json")));
    }

    private static JsonNode read(Path folder, String name) {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            return JSON.createObjectNode();
        }
        try {
            return JSON.readTree(file);
        } catch (JacksonException e) {
            throw new JynamoException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    file + " is not JSON: " + e.getOriginalMessage() + ". Pull the model again.",
                    e);
        }
    }

    /** A special token is a string, or an object around one. */
    private static @Nullable String token(JsonNode node) {
        JsonNode text = node.isObject() ? node.path("content") : node;
        return text.isString() ? text.stringValue() : null;
    }

    /** As the model's makers recommend, where they say that it is to be sampled at all. */
    private static Sampling sampling(JsonNode file) {
        Sampling plain = ServedModel.PLAIN_SAMPLING;
        return new Sampling(
                number(file, "temperature", plain.temperature(), 0, 2),
                number(file, "top_p", plain.topP(), Float.MIN_VALUE, 1),
                (int) number(file, "top_k", plain.topK(), 0, Integer.MAX_VALUE),
                number(file, "min_p", plain.minP(), 0, 1),
                number(file, "repetition_penalty", plain.repetitionPenalty(), Float.MIN_VALUE, 2),
                0f,
                0f,
                plain.logitBias(),
                null);
    }

    private static float number(JsonNode file, String name, float otherwise, float least, float most) {
        JsonNode node = file.path(name);
        float value = node.isNumber() ? (float) node.doubleValue() : otherwise;
        return value >= least && value <= most ? value : otherwise;
    }
}
