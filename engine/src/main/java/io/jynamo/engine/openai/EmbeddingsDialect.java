package io.jynamo.engine.openai;

import io.jynamo.engine.attached.Json;
import io.jynamo.engine.attached.MalformedAnswer;
import io.jynamo.protocol.EmbeddingRequest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/**
 * What is said to a server's {@code /v1/embeddings} and what its answers mean.
 *
 * @param model its name there
 * @param takesIds whether texts go as token ids
 */
record EmbeddingsDialect(String model, boolean takesIds) {
    /** The body of a request; base64 takes a third of the bytes, and a server that does not know it writes numbers. */
    byte[] body(List<EmbeddingRequest.Text> texts) {
        return Json.object(json -> {
            json.writeStringProperty("model", model);
            json.writeStringProperty("encoding_format", "base64");
            json.writeArrayPropertyStart("input");
            for (EmbeddingRequest.Text text : texts) {
                if (takesIds) {
                    ids(json, text);
                } else {
                    json.writeString(String.valueOf(text.text()));
                }
            }
            json.writeEndArray();
        });
    }

    private static void ids(JsonGenerator json, EmbeddingRequest.Text text) {
        json.writeStartArray();
        for (int i = 0; i < text.tokens().count(); i++) {
            json.writeNumber(text.tokens().at(i));
        }
        json.writeEndArray();
    }

    /**
     * The vectors of an answer to so many texts, in the texts' order whatever the answer's.
     *
     * @throws MalformedAnswer for one that is no answer to that request
     */
    static float[][] vectors(String answer, int texts) {
        JsonNode root = Json.tryTree(answer);
        JsonNode data = root == null ? null : root.path("data");
        if (data == null || !data.isArray() || data.size() != texts) {
            throw new MalformedAnswer("an answer to " + texts + " texts has no list of as many vectors");
        }
        float[][] vectors = new float[texts][];
        for (JsonNode one : data) {
            int index = Json.findInt(one, "index").orElse(-1);
            if (index < 0 || index >= texts || vectors[index] != null) {
                throw new MalformedAnswer("a vector's index is " + one.path("index") + " of " + texts);
            }
            vectors[index] = vector(one.path("embedding"));
        }
        return vectors;
    }

    /** What the answer says that the texts took, or {@code otherwise}. */
    static int tokens(String answer, int otherwise) {
        JsonNode root = Json.tryTree(answer);
        return root == null
                ? otherwise
                : Json.findInt(root.path("usage"), "prompt_tokens").orElse(otherwise);
    }

    private static float[] vector(JsonNode embedding) {
        if (embedding.isString()) {
            return floats(embedding.stringValue());
        }
        if (!embedding.isArray() || embedding.isEmpty()) {
            throw new MalformedAnswer("a vector is neither base64 nor a list of numbers");
        }
        float[] numbers = new float[embedding.size()];
        for (int i = 0; i < numbers.length; i++) {
            if (!embedding.get(i).isNumber()) {
                throw new MalformedAnswer("a vector has something in it that is no number");
            }
            numbers[i] = (float) embedding.get(i).doubleValue();
        }
        return numbers;
    }

    private static float[] floats(String base64) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException broken) {
            throw new MalformedAnswer("a vector is no base64: " + broken.getMessage(), broken);
        }
        if (bytes.length == 0 || bytes.length % Float.BYTES != 0) {
            throw new MalformedAnswer("a vector of " + bytes.length + " bytes is none of floats");
        }
        float[] numbers = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(numbers);
        return numbers;
    }
}
