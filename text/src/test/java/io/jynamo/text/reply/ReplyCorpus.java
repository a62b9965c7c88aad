package io.jynamo.text.reply;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Raw outputs of 21 families beside the repository, and what two reference parsers make of them. */
final class ReplyCorpus {
    /** One output; {@code expected} is what both references agree on, or null. */
    record Case(
            String family,
            String name,
            String text,
            ReplyFormat format,
            ReplySettings settings,
            @Nullable Map<String, Object> expected) {
        String id() {
            return family + "/" + name;
        }

        Told.Reply whole() {
            return Told.of(format, settings, text);
        }
    }

    private ReplyCorpus() {}

    static Path folder() {
        return Path.of(System.getProperty("jynamo.root"), "..", "shared", "data", "parsers");
    }

    static List<Case> read() throws IOException {
        var cases = new ArrayList<Case>();
        List<Path> files;
        try (var found = Files.list(folder())) {
            files = found.filter(file -> file.toString().endsWith(".jsonl"))
                    .sorted()
                    .toList();
        }
        for (var file : files) {
            var lines = Files.readAllLines(file);
            var head = object(Told.JSON.readValue(lines.getFirst(), Object.class));
            for (var line : lines.subList(1, lines.size())) {
                cases.add(caseOf(head, object(Told.JSON.readValue(line, Object.class))));
            }
        }
        return cases;
    }

    private static Case caseOf(Map<String, Object> head, Map<String, Object> row) {
        var family = text(head, "family");
        // Dynamo has no parser for Granite's calls.
        var calls = head.get("tool_parser") == null
                ? text(object(head.get("vllm")), "tool_parser")
                : text(head, "tool_parser");
        var reasoning = (row.containsKey("reasoning_parser") ? row : head).get("reasoning_parser");
        var format = ReplyFormat.PLAIN.withCalls(calls);
        var text = text(row, "text");
        var settings = new ReplySettings(tools(head.get("tools")), new ToolChoice.Auto(), prompt(family, text), true);
        return new Case(
                family,
                text(row, "name"),
                text,
                reasoning == null ? format : format.withReasoning(reasoning.toString()),
                settings,
                row.get("expected") == null ? null : object(row.get("expected")));
    }

    /**
     * What the server knows from the prompt and the corpus does not say: V4 thinks or not, as asked, and a closing tag
     * without an opening one means that the prompt had it.
     */
    private static ReplySettings.Prompt prompt(String family, String text) {
        var opened = family.equals("deepseek-v4") && text.contains("</think>") && !text.contains("<think>");
        return opened ? ReplySettings.Prompt.REASONING : ReplySettings.Prompt.USUAL;
    }

    static List<OfferedTool> tools(@Nullable Object declared) {
        var tools = new ArrayList<OfferedTool>();
        for (var tool : (List<?>) Objects.requireNonNull(declared)) {
            var function = object(object(tool).get("function"));
            tools.add(new OfferedTool(text(function, "name"), object(function.get("parameters"))));
        }
        return tools;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(@Nullable Object value) {
        return (Map<String, Object>) Objects.requireNonNull(value);
    }

    static String text(Map<String, Object> row, String key) {
        return Objects.requireNonNull(row.get(key), key).toString();
    }
}
