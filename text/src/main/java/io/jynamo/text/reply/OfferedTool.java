package io.jynamo.text.reply;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A tool the request offers.
 *
 * @param name the function's name
 * @param schema the JSON schema of its arguments as parsed; empty where the request gives none
 */
public record OfferedTool(String name, Map<String, Object> schema) {
    public OfferedTool {
        schema = Collections.unmodifiableMap(new LinkedHashMap<>(schema));
    }
}
