package io.jynamo.frontend.openai;

import io.jynamo.frontend.json.JsonInput;
import io.jynamo.text.reply.OfferedTool;
import io.jynamo.text.reply.ToolChoice;
import java.util.HashSet;
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

    /** The choices that can be kept; those that force a call need output that is held to a schema. */
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
        if ("required".equals(tree) || (tree instanceof Map<?, ?> map && "function".equals(map.get("type")))) {
            throw Refusal.unsupported(
                    path, "`" + path + "` cannot force a call: output is not held to a schema here yet; use auto.");
        }
        throw Refusal.invalid(path, "`" + path + "` must be none or auto.");
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
