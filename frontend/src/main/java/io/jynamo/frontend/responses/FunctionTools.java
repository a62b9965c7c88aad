package io.jynamo.frontend.responses;

import io.jynamo.frontend.json.JsonInput;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.frontend.openai.Shape;
import io.jynamo.frontend.openai.Shapes;
import io.jynamo.frontend.openai.ToolWish;
import io.jynamo.text.reply.ToolChoice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The functions that a model may call, which lie flat in a response, or in namespaces, and nested in a chat. Tools that a
 * server would run by itself are left out beside them, since a model need not call any; alone they are refused.
 */
final class FunctionTools {
    private static final String FUNCTION = "function";
    private static final String NAMESPACE = "namespace";
    private static final Set<String> MEMBERS = Set.of("type", "name", "description", "parameters", "strict");
    private static final Set<String> NAMESPACE_MEMBERS = Set.of("type", "name", "description", "tools");
    private static final Set<String> HOSTED = Set.of(
            "web_search",
            "web_search_2025_08_26",
            "web_search_preview",
            "web_search_preview_2025_03_11",
            "file_search",
            "code_interpreter",
            "image_generation",
            "tool_search");

    private FunctionTools() {}

    /**
     * Which of them may be called.
     *
     * @param told as the client said it
     */
    record Choice(ToolChoice choice, @Nullable Object told) {}

    /** Tools as they are told again: functions and namespaces with all of their members. */
    static Shape<List<Map<String, @Nullable Object>>> toolsShape() {
        return Shapes.checked(
                Shapes.list(Shapes.shape(FunctionTools::readTool, FunctionTools::describe), 0, ToolWish.MOST_TOOLS),
                FunctionTools::check);
    }

    private static void describe(JsonWriter out) {
        out.name("type").value("object").name("properties").beginObject();
        out.name("type").beginObject().name("enum").beginArray();
        out.value(FUNCTION).value(NAMESPACE).value(CustomTools.CUSTOM);
        HOSTED.stream().sorted().forEach(out::value);
        out.endArray().endObject();
        out.name("name").beginObject().name("type").value("string").endObject();
        out.endObject();
    }

    private static void check(List<Map<String, @Nullable Object>> tools, String path) {
        List<Map<String, @Nullable Object>> nested = nested(tools);
        if (nested.isEmpty() && !tools.isEmpty()) {
            throw Refusal.unsupported(
                    path + "[0].type",
                    "`" + path + "` has no function, and the server has no tools of its own, such as "
                            + tools.getFirst().get("type") + ".");
        }
        if (nested.size() > ToolWish.MOST_TOOLS) {
            throw Refusal.invalid(
                    path,
                    "`" + path + "` must have at most " + ToolWish.MOST_TOOLS + " functions, not " + nested.size()
                            + ".");
        }
        ToolWish.checkNames(nested, path);
    }

    private static Map<String, @Nullable Object> readTool(JsonInput in, String path) {
        Map<String, @Nullable Object> tool = Shapes.freeObject().read(in, path);
        Object type = tool.get("type");
        if (NAMESPACE.equals(type)) {
            return namespace(tool, path);
        }
        if (CustomTools.isOne(tool)) {
            return CustomTools.read(tool, path);
        }
        return type instanceof String hosted && HOSTED.contains(hosted) ? tool : function(tool, path);
    }

    private static Map<String, @Nullable Object> namespace(Map<String, @Nullable Object> tool, String path) {
        checkMembers(tool, NAMESPACE_MEMBERS, path);
        if (!(tool.get("tools") instanceof List<?> tools)) {
            throw Refusal.invalid(path + ".tools", "`" + path + ".tools` must be an array of functions.");
        }
        String namespace = name(tool, path);
        List<Map<String, @Nullable Object>> functions = new ArrayList<>();
        for (int i = 0; i < tools.size(); i++) {
            String place = path + ".tools[" + i + "]";
            if (!(tools.get(i) instanceof Map<?, ?> one)) {
                throw Refusal.invalid(place, "`" + place + "` must be a function.");
            }
            Map<String, @Nullable Object> function = function(object(one), place);
            String told = new CalledName(namespace, String.valueOf(function.get("name"))).told();
            if (!ToolWish.NAME.matcher(told).matches()) {
                throw Refusal.invalid(
                        place + ".name",
                        "`" + place + ".name` makes, behind its namespace, a name of more than 128 characters.");
            }
            functions.add(function);
        }
        Map<String, @Nullable Object> whole = new LinkedHashMap<>();
        whole.put("type", NAMESPACE);
        whole.put("name", namespace);
        whole.put("description", tool.get("description"));
        whole.put("tools", functions);
        return whole;
    }

    /** A function with all of its members. */
    private static Map<String, @Nullable Object> function(Map<String, @Nullable Object> tool, String path) {
        if (!FUNCTION.equals(tool.get("type"))) {
            throw Refusal.unsupported(
                    path + ".type",
                    "`" + path + ".type` must be function, not " + tool.get("type")
                            + ": the server knows no such tool.");
        }
        checkMembers(tool, MEMBERS, path);
        String name = name(tool, path);
        Object parameters = tool.get("parameters");
        if (parameters != null && !(parameters instanceof Map)) {
            throw Refusal.invalid(path + ".parameters", "`" + path + ".parameters` must be a JSON schema object.");
        }
        Map<String, @Nullable Object> whole = new LinkedHashMap<>();
        whole.put("type", FUNCTION);
        whole.put("name", name);
        whole.put("description", tool.get("description"));
        whole.put("parameters", parameters);
        whole.put("strict", Boolean.TRUE.equals(tool.get("strict")));
        return whole;
    }

    static void checkMembers(Map<String, @Nullable Object> tool, Set<String> known, String path) {
        for (Map.Entry<String, @Nullable Object> member : tool.entrySet()) {
            if (!known.contains(member.getKey()) && member.getValue() != null) {
                throw Refusal.unsupported(
                        path + "." + member.getKey(), "`" + path + "." + member.getKey() + "` is not supported.");
            }
        }
    }

    static String name(Map<String, @Nullable Object> tool, String path) {
        if (tool.get("name") instanceof String name
                && ToolWish.NAME.matcher(name).matches()) {
            return name;
        }
        throw Refusal.invalid(
                path + ".name", "`" + path + ".name` must be 1 to 128 letters, digits and any of `_.:-`.");
    }

    /** The functions among them as a chat has them, those of namespaces under the names that a model is told. */
    static List<Map<String, @Nullable Object>> nested(List<Map<String, @Nullable Object>> tools) {
        return functions(tools).map(named -> nested(named.name(), named.tool())).toList();
    }

    /** The names by which clients know what is something else for the model. */
    static Map<String, CalledName> renamed(List<Map<String, @Nullable Object>> tools) {
        Map<String, CalledName> names = new LinkedHashMap<>();
        functions(tools)
                .map(Named::name)
                .filter(name -> name.custom() || !name.namespace().isEmpty())
                .forEach(name -> names.put(name.told(), name));
        return names;
    }

    /** The types of those that are left out. */
    static List<String> leftOut(List<Map<String, @Nullable Object>> tools) {
        return tools.stream()
                .map(tool -> String.valueOf(tool.get("type")))
                .filter(HOSTED::contains)
                .distinct()
                .toList();
    }

    private record Named(CalledName name, Map<String, @Nullable Object> tool) {}

    private static Stream<Named> functions(List<Map<String, @Nullable Object>> tools) {
        return tools.stream().flatMap(tool -> {
            String name = String.valueOf(tool.get("name"));
            if (FUNCTION.equals(tool.get("type"))) {
                return Stream.of(new Named(CalledName.of(name), tool));
            }
            if (CustomTools.isOne(tool)) {
                return Stream.of(new Named(new CalledName("", name, true), CustomTools.function(tool)));
            }
            List<?> inside =
                    NAMESPACE.equals(tool.get("type")) && tool.get("tools") instanceof List<?> some ? some : List.of();
            return inside.stream()
                    .map(one -> object((Map<?, ?>) one))
                    .map(one -> new Named(new CalledName(name, String.valueOf(one.get("name"))), one));
        });
    }

    @SuppressWarnings("unchecked") // a tree that began with a brace is such a map
    private static Map<String, @Nullable Object> object(Map<?, ?> tree) {
        return (Map<String, @Nullable Object>) tree;
    }

    private static Map<String, @Nullable Object> nested(CalledName name, Map<String, @Nullable Object> tool) {
        Map<String, @Nullable Object> function = new LinkedHashMap<>();
        tool.forEach((member, value) -> {
            if (!member.equals("type") && value != null && !Boolean.FALSE.equals(value)) {
                function.put(member, value);
            }
        });
        function.put("name", name.told());
        Map<String, @Nullable Object> nested = new LinkedHashMap<>();
        nested.put("type", FUNCTION);
        nested.put(FUNCTION, function);
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
        if (!FUNCTION.equals(named.get("type")) && !CustomTools.CUSTOM.equals(named.get("type"))) {
            throw Refusal.unsupported(
                    path + ".type",
                    "`" + path + ".type` must be function or custom: the server has no tools of its own.");
        }
        Object name = named.get("name");
        Map<String, @Nullable Object> function = new LinkedHashMap<>();
        function.put(
                "name",
                name instanceof String inside && named.get(NAMESPACE) instanceof String namespace
                        ? new CalledName(namespace, inside).told()
                        : name);
        Map<String, @Nullable Object> nested = new LinkedHashMap<>();
        nested.put("type", FUNCTION);
        nested.put(FUNCTION, function);
        return new Choice(ToolWish.choice(nested, path), tree);
    }
}
