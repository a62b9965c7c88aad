package io.jynamo.cli.text;

import io.jynamo.frontend.ServedModel;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.Sampling;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How a model's makers recommend to sample it: {@code generation_config.json}, which may be missing. */
final class FolderSampling {
    private static final JsonMapper JSON = new JsonMapper();

    private FolderSampling() {}

    static Sampling read(Path folder) {
        return sampling(read(folder, "generation_config.json"));
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

    /** What is missing or out of range stays as if nothing were said. */
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
