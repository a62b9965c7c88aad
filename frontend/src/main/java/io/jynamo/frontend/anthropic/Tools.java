package io.jynamo.frontend.anthropic;

import static io.jynamo.frontend.openai.Field.taken;

import io.jynamo.frontend.openai.Field;
import io.jynamo.frontend.openai.FieldTable;
import io.jynamo.frontend.openai.FieldValues;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.frontend.openai.Shape;
import io.jynamo.frontend.openai.Shapes;
import io.jynamo.frontend.openai.ToolWish;
import io.jynamo.text.reply.ToolChoice;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The tools that Anthropic's clients offer, in the form in which all others are offered. */
final class Tools {
    private static final Set<String> MEMBERS = Set.of(
            "type",
            "name",
            "description",
            "input_schema",
            "cache_control",
            "strict",
            "defer_loading",
            "eager_input_streaming",
            "allowed_callers",
            "input_examples");

    static final Field<List<Map<String, @Nullable Object>>> TOOLS = taken(
            "tools",
            Shapes.checked(Shapes.list(tool(), 0, ToolWish.MOST_TOOLS), ToolWish::checkNames),
            "Functions that the model may call, the caller's own.");

    private static final Field<String> TYPE =
            taken("type", Shapes.oneOf("auto", "any", "tool", "none"), "auto by default: the model decides.");
    private static final Field<String> NAME = taken("name", Shapes.nonBlank(), "The tool, where type is tool.");
    private static final Field<Boolean> ALONE =
            taken("disable_parallel_tool_use", Shapes.bool(), "Tell the first call of an answer and no other.");
    static final Field<FieldValues> CHOICE = taken(
            "tool_choice",
            Shapes.object(new FieldTable(List.of(TYPE, NAME, ALONE), Set.of(TYPE))),
            "Whether tools may be called.");

    private Tools() {}

    /**
     * What is asked for.
     *
     * @throws Refusal where it cannot be kept
     */
    static ToolWish wish(FieldValues values) {
        List<Map<String, @Nullable Object>> tools = values.or(TOOLS, List.of());
        FieldValues choice = values.find(CHOICE);
        if (choice == null) {
            return new ToolWish(tools, new ToolChoice.Auto(), true);
        }
        if (tools.isEmpty()) {
            throw Refusal.invalid("tool_choice", "`tool_choice` needs `tools`.");
        }
        var wish = new ToolWish(tools, choice(choice), !choice.is(ALONE));
        wish.checkChoice();
        return wish;
    }

    private static ToolChoice choice(FieldValues choice) {
        Object asked = switch (choice.or(TYPE, "auto")) {
            case "any" -> "required";
            case "tool" -> Map.of("type", "function", "function", Map.of("name", named(choice)));
            case String other -> other;
        };
        return ToolWish.choice(asked, CHOICE.name());
    }

    private static String named(FieldValues choice) {
        String name = choice.find(NAME);
        if (name == null) {
            throw Refusal.invalid("tool_choice.name", "`tool_choice.name` is required where the type is tool.");
        }
        return name;
    }

    private static Shape<Map<String, @Nullable Object>> tool() {
        return Shapes.shape((in, path) -> function(Shapes.freeObject().read(in, path), path), out -> {
            out.name("type").value("object");
            out.name("required")
                    .beginArray()
                    .value("name")
                    .value("input_schema")
                    .endArray();
            out.name("properties").beginObject().name("type");
            Shapes.describe(Shapes.oneOf("custom"), out);
            out.name("name");
            Shapes.describe(Shapes.string(), out);
            out.name("description");
            Shapes.describe(Shapes.string(), out);
            out.name("input_schema");
            Shapes.describe(Shapes.freeObject(), out);
            out.endObject();
        });
    }

    private static Map<String, @Nullable Object> function(Map<String, @Nullable Object> tool, String path) {
        Object type = tool.get("type");
        if (type != null && !"custom".equals(type)) {
            throw Refusal.unsupported(
                    path + ".type",
                    "`" + path + ".type` must be custom, not " + type + ": the server has no tools of its own.");
        }
        Blocks.checkMembers(tool, path, MEMBERS);
        Blocks.checkCaching(tool.get("cache_control"), path + ".cache_control");
        unbuilt(tool, path, "defer_loading", false, "tools are not searched");
        unbuilt(tool, path, "allowed_callers", List.of("direct"), "no code calls tools here");
        unbuilt(tool, path, "input_examples", List.of(), "chat templates know no examples");
        String name = Blocks.text(tool, "name", path);
        if (!ToolWish.NAME.matcher(name).matches()) {
            throw Refusal.invalid(
                    path + ".name", "`" + path + ".name` must be 1 to 128 letters, digits and any of `_.:-`.");
        }
        if (!(tool.get("input_schema") instanceof Map<?, ?> schema)) {
            throw Refusal.invalid(path + ".input_schema", "`" + path + ".input_schema` must be a JSON schema object.");
        }
        Map<String, @Nullable Object> function = new LinkedHashMap<>();
        function.put("name", name);
        if (tool.get("description") != null) {
            function.put("description", Blocks.text(tool, "description", path));
        }
        function.put("parameters", schema);
        if (tool.get("strict") != null) {
            if (!(tool.get("strict") instanceof Boolean)) {
                throw Refusal.invalid(path + ".strict", "`" + path + ".strict` must be true or false.");
            }
            function.put("strict", tool.get("strict"));
        }
        Map<String, @Nullable Object> made = new LinkedHashMap<>();
        made.put("type", "function");
        made.put("function", function);
        return made;
    }

    private static void unbuilt(
            Map<String, @Nullable Object> tool, String path, String member, Object harmless, String why) {
        Object value = tool.get(member);
        if (value != null && !value.equals(harmless)) {
            String at = path + "." + member;
            throw Refusal.unsupported(at, "`" + at + "` is not supported: " + why);
        }
    }
}
