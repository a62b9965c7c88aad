package io.jynamo.frontend.openai;

import io.jynamo.frontend.json.JsonInput;
import io.jynamo.text.reply.HeldCalls;
import io.jynamo.text.reply.OfferedTool;
import io.jynamo.text.reply.ToolChoice;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The tools that a chat request offers, and whether they may be called.
 *
 * @param tools as sent, for the chat template
 * @param parallel whether one answer may call several
 */
public record ToolWish(List<Map<String, @Nullable Object>> tools, ToolChoice choice, boolean parallel) {
    /** Nothing to call. */
    public static final ToolWish NONE = new ToolWish(List.of(), new ToolChoice.Auto(), true);

    /** Tools of one request at most. */
    public static final int MOST_TOOLS = 1_024;

    /** What a tool may be called. */
    public static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_.:-]{1,128}");

    private static final String ANY_ARGUMENTS = "{\"type\":\"object\"}";

    static Shape<List<Map<String, @Nullable Object>>> toolsShape() {
        return Shapes.checked(
                Shapes.list(Shapes.checked(Shapes.freeObject(), ToolWish::checkTool), 0, MOST_TOOLS),
                ToolWish::checkNames);
    }

    private static void checkTool(Map<String, @Nullable Object> tool, String path) {
        if (!"function".equals(tool.get("type"))) {
            throw Refusal.unsupported(
                    path + ".type", "`" + path + ".type` must be function: other tools cannot be called here.");
        }
        if (!(tool.get("function") instanceof Map<?, ?> function)) {
            throw Refusal.invalid(path + ".function", "`" + path + ".function` must be an object.");
        }
        if (!(function.get("name") instanceof String name)
                || !NAME.matcher(name).matches()) {
            throw Refusal.invalid(
                    path + ".function.name",
                    "`" + path + ".function.name` must be 1 to 128 letters, digits and any of `_.:-`.");
        }
        Object parameters = function.get("parameters");
        if (parameters != null && !(parameters instanceof Map)) {
            throw Refusal.invalid(
                    path + ".function.parameters", "`" + path + ".function.parameters` must be a JSON schema object.");
        }
    }

    /** Refuses tools of which two have one name. */
    public static void checkNames(List<Map<String, @Nullable Object>> tools, String path) {
        Set<String> names = new HashSet<>();
        for (Map<String, @Nullable Object> tool : tools) {
            if (!names.add(name(tool))) {
                throw Refusal.invalid(path, "`" + path + "` offers `" + name(tool) + "` twice.");
            }
        }
    }

    private static String name(Map<String, @Nullable Object> tool) {
        return tool.get("function") instanceof Map<?, ?> function && function.get("name") instanceof String name
                ? name
                : "";
    }

    static Shape<ToolChoice> choiceShape() {
        return Shapes.either(ToolWish::readChoice, Shapes.oneOf("none", "auto", "required"), Shapes.freeObject());
    }

    private static ToolChoice readChoice(JsonInput in, String path) {
        return choice(in.tree(), path);
    }

    /**
     * What a value of {@code tool_choice} asks for.
     *
     * @throws Refusal naming {@code path} where it cannot be kept
     */
    public static ToolChoice choice(@Nullable Object tree, String path) {
        if ("none".equals(tree)) {
            return new ToolChoice.None();
        }
        if ("auto".equals(tree)) {
            return new ToolChoice.Auto();
        }
        if ("required".equals(tree)) {
            return new ToolChoice.Required();
        }
        if (tree instanceof Map<?, ?> map && "allowed_tools".equals(map.get("type"))) {
            throw Refusal.unsupported(path, "`" + path + "` of type allowed_tools is not built; offer fewer tools.");
        }
        if (tree instanceof Map<?, ?> map
                && "function".equals(map.get("type"))
                && map.get("function") instanceof Map<?, ?> function
                && function.get("name") instanceof String name) {
            return new ToolChoice.Named(name);
        }
        throw Refusal.invalid(
                path,
                "`" + path
                        + "` must be none, auto, required or {\"type\": \"function\", \"function\": {\"name\": …}}.");
    }

    /**
     * Checks that a choice that forces a call has what to call.
     *
     * @throws Refusal naming {@code tool_choice}
     */
    public void checkChoice() {
        boolean missing = switch (choice) {
            case ToolChoice.None _, ToolChoice.Auto _ -> false;
            case ToolChoice.Required _ -> tools.isEmpty();
            case ToolChoice.Named(String name) ->
                tools.stream().noneMatch(tool -> name(tool).equals(name));
        };
        if (missing) {
            throw Refusal.invalid(
                    "tool_choice",
                    choice instanceof ToolChoice.Named(String name)
                            ? "`tool_choice` names `" + name + "`, which is none of the `tools`."
                            : "`tool_choice` is required, and there are no `tools`.");
        }
    }

    /** Whether a call must come. */
    public boolean isForced() {
        return choice instanceof ToolChoice.Required || choice instanceof ToolChoice.Named;
    }

    /** Whether a tool's arguments must follow its schema wherever it is called. */
    public boolean hasStrict() {
        return tools.stream().anyMatch(ToolWish::isStrict);
    }

    /** The tools that may be called, with the schemas of their arguments; in a call that may be left out only strict ones have theirs. */
    public List<HeldCalls.Tool> held() {
        return tools.stream()
                .filter(tool -> !(choice instanceof ToolChoice.Named(String name))
                        || name(tool).equals(name))
                .map(tool -> new HeldCalls.Tool(
                        name(tool), isForced() || isStrict(tool) ? arguments(tool) : ANY_ARGUMENTS, isStrict(tool)))
                .toList();
    }

    private static boolean isStrict(Map<String, @Nullable Object> tool) {
        return tool.get("function") instanceof Map<?, ?> function && Boolean.TRUE.equals(function.get("strict"));
    }

    /** Arguments are an object whatever the schema says; a tool without a schema takes none. */
    private static String arguments(Map<String, @Nullable Object> tool) {
        if (!(tool.get("function") instanceof Map<?, ?> function) || function.get("parameters") == null) {
            return "{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false}";
        }
        Map<String, Object> schema = new LinkedHashMap<>(schema(tool));
        schema.putIfAbsent("type", "object");
        return OutputFields.json(schema);
    }

    /** Whether a model that can call is told of them. */
    public boolean isCallable() {
        return !tools.isEmpty() && !(choice instanceof ToolChoice.None);
    }

    /** What a reader of the reply needs to know of them. */
    public List<OfferedTool> offered() {
        return tools.stream()
                .map(tool -> new OfferedTool(name(tool), schema(tool)))
                .toList();
    }

    @SuppressWarnings("unchecked") // a tree that began with a brace is such a map
    private static Map<String, Object> schema(Map<String, @Nullable Object> tool) {
        return tool.get("function") instanceof Map<?, ?> function
                        && function.get("parameters") instanceof Map<?, ?> parameters
                ? (Map<String, Object>) parameters
                : Map.of();
    }
}
