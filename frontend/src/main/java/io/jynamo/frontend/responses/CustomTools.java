package io.jynamo.frontend.responses;

import io.jynamo.frontend.json.JsonInput;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.protocol.JynamoException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tools that take a text as it is: a model is told a function of one argument, {@code input}, whose value is that text. */
final class CustomTools {
    static final String CUSTOM = "custom";
    private static final String INPUT = "input";
    private static final Set<String> MEMBERS = Set.of("type", "name", "description", "format");

    private CustomTools() {}

    static boolean isOne(Map<String, @Nullable Object> tool) {
        return CUSTOM.equals(tool.get("type"));
    }

    /**
     * A tool with all of its members.
     *
     * @throws Refusal naming the member; of a format that is a grammar, since nothing holds output to it here
     */
    static Map<String, @Nullable Object> read(Map<String, @Nullable Object> tool, String path) {
        FunctionTools.checkMembers(tool, MEMBERS, path);
        Object format = tool.get("format");
        if (format != null && !(format instanceof Map<?, ?> map && "text".equals(map.get("type")))) {
            String place = path + ".format";
            throw Refusal.unsupported(
                    place,
                    "`" + place
                            + "` must be {\"type\": \"text\"}: the input of a custom tool is held to no grammar here.");
        }
        Map<String, @Nullable Object> whole = new LinkedHashMap<>();
        whole.put("type", CUSTOM);
        whole.put("name", FunctionTools.name(tool, path));
        whole.put("description", tool.get("description"));
        whole.put("format", Map.of("type", "text"));
        return whole;
    }

    /** The function that a model is told of. */
    static Map<String, @Nullable Object> function(Map<String, @Nullable Object> tool) {
        Map<String, @Nullable Object> function = new LinkedHashMap<>();
        function.put("name", tool.get("name"));
        if (tool.get("description") != null) {
            function.put("description", tool.get("description"));
        }
        function.put(
                "parameters",
                Map.of(
                        "type",
                        "object",
                        "properties",
                        Map.of(INPUT, Map.of("type", "string")),
                        "required",
                        List.of(INPUT)));
        return function;
    }

    /** The arguments of that function. */
    static String arguments(@Nullable Object input) {
        JsonWriter out = new JsonWriter(256);
        out.beginObject().name(INPUT).value(String.valueOf(input)).endObject();
        return new String(out.toArray(), StandardCharsets.UTF_8);
    }

    /** The text that was meant by arguments; those themselves where they are none of that function, or cut. */
    static String input(String arguments) {
        byte[] json = arguments.getBytes(StandardCharsets.UTF_8);
        try {
            return JsonInput.readObject(json, json.length, in -> input(in, arguments));
        } catch (JynamoException broken) {
            return arguments;
        }
    }

    private static String input(JsonInput in, String otherwise) {
        String found = otherwise;
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            if (name.equals(INPUT) && in.isString()) {
                found = in.string();
            } else {
                in.skip();
            }
        }
        return found;
    }
}
