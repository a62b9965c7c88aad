package io.jynamo.frontend.responses;

import io.jynamo.frontend.json.JsonInput;
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

/** The functions that a model may call, which lie flat in a response and nested in a chat. */
final class FunctionTools {
    private static final Set<String> MEMBERS = Set.of("type", "name", "description", "parameters", "strict");

    private FunctionTools() {}

    /**
     * Which of them may be called.
     *
     * @param told as the client said it
     */
    record Choice(ToolChoice choice, @Nullable Object told) {}

    static Shape<List<Map<String, @Nullable Object>>> toolsShape() {
        return Shapes.checked(
                Shapes.list(Shapes.shape(FunctionTools::readTool, FunctionTools::describe), 0, ToolWish.MOST_TOOLS),
                (tools, path) -> ToolWish.checkNames(nested(tools), path));
    }

    private static void describe(io.jynamo.frontend.json.JsonWriter out) {
        out.name("type").value("object").name("properties").beginObject();
        out.name("type").beginObject().name("const").value("function").endObject();
        out.name("name").beginObject().name("type").value("string").endObject();
        out.endObject();
    }

    /** A tool with all of its members, as it is told again. */
    private static Map<String, @Nullable Object> readTool(JsonInput in, String path) {
        Map<String, @Nullable Object> tool = Shapes.freeObject().read(in, path);
        if (!"function".equals(tool.get("type"))) {
            throw Refusal.unsupported(
                    path + ".type",
                    "`" + path + ".type` must be function: the server has no tools of its own, such as "
                            + tool.get("type") + ".");
        }
        for (Map.Entry<String, @Nullable Object> member : tool.entrySet()) {
            if (!MEMBERS.contains(member.getKey()) && member.getValue() != null) {
                throw Refusal.unsupported(
                        path + "." + member.getKey(), "`" + path + "." + member.getKey() + "` is not supported.");
            }
        }
        if (!(tool.get("name") instanceof String name)
                || !ToolWish.NAME.matcher(name).matches()) {
            throw Refusal.invalid(
                    path + ".name", "`" + path + ".name` must be 1 to 128 letters, digits and any of `_.:-`.");
        }
        Object parameters = tool.get("parameters");
        if (parameters != null && !(parameters instanceof Map)) {
            throw Refusal.invalid(path + ".parameters", "`" + path + ".parameters` must be a JSON schema object.");
        }
        Map<String, @Nullable Object> whole = new LinkedHashMap<>();
        whole.put("type", "function");
        whole.put("name", name);
        whole.put("description", tool.get("description"));
        whole.put("parameters", parameters);
        whole.put("strict", Boolean.TRUE.equals(tool.get("strict")));
        return whole;
    }

    /** The tools as a chat has them. */
    static List<Map<String, @Nullable Object>> nested(List<Map<String, @Nullable Object>> tools) {
        return tools.stream().map(FunctionTools::nested).toList();
    }

    private static Map<String, @Nullable Object> nested(Map<String, @Nullable Object> tool) {
        Map<String, @Nullable Object> function = new LinkedHashMap<>();
        tool.forEach((member, value) -> {
            if (!member.equals("type") && value != null && !Boolean.FALSE.equals(value)) {
                function.put(member, value);
            }
        });
        Map<String, @Nullable Object> nested = new LinkedHashMap<>();
        nested.put("type", "function");
        nested.put("function", function);
        return nested;
    }

    static Shape<Choice> choiceShape() {
        return Shapes.either(FunctionTools::readChoice, Shapes.oneOf("none", "auto", "required"), Shapes.freeObject());
    }

    private static Choice readChoice(JsonInput in, String path) {
        Object tree = in.tree();
        if (!(tree instanceof Map<?, ?> named)) {
            return new Choice(ToolWish.choice(tree, path), tree);
        }
        if (!"function".equals(named.get("type"))) {
            throw Refusal.unsupported(
                    path + ".type", "`" + path + ".type` must be function: the server has no tools of its own.");
        }
        Map<String, @Nullable Object> function = new LinkedHashMap<>();
        function.put("name", named.get("name"));
        Map<String, @Nullable Object> nested = new LinkedHashMap<>();
        nested.put("type", "function");
        nested.put("function", function);
        return new Choice(ToolWish.choice(nested, path), tree);
    }
}
