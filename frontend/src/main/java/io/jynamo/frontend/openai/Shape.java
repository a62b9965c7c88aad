package io.jynamo.frontend.openai;

import io.jynamo.frontend.json.JsonInput;
import io.jynamo.frontend.json.JsonWriter;

/**
 * The values a field takes: reads and checks one from a body, and describes itself as JSON Schema. One definition for
 * both, so that the published description is what is enforced.
 *
 * @param <T> what a value becomes
 */
public interface Shape<T> {
    /**
     * Reads the value the input stands on, which is not null.
     *
     * @param path of the field, for messages
     * @throws Refusal INVALID_REQUEST or UNSUPPORTED_PARAMETER with the path
     */
    T read(JsonInput in, String path);

    /** Writes a JSON Schema (2020-12) object. */
    void describe(JsonWriter out);
}
