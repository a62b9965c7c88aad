package io.jynamo.text.reply;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The repository's own outputs, several for each family, with what we make of them, as reviewed. */
final class OwnCases {
    static final Path FILE =
            Path.of(System.getProperty("jynamo.root"), "text/src/test/resources/golden/replies/cases.jsonl");

    /** One output, how it is read, and its whole line of the file. */
    record Case(String id, String text, ReplyFormat format, ReplySettings settings, Map<String, Object> row) {
        Told.Reply whole() {
            return Told.of(format, settings, text);
        }

        /** The line as it should be. */
        Map<String, Object> withAnswer() {
            var line = new LinkedHashMap<String, Object>();
            for (var key : List.of("format", "case", "text", "reasoning_format", "choice", "prompt", "split")) {
                if (row.containsKey(key)) {
                    line.put(key, row.get(key));
                }
            }
            line.putAll(whole().row());
            return line;
        }
    }

    private OwnCases() {}

    static List<Case> read() throws IOException {
        var lines = Files.readAllLines(FILE);
        var tools = tools(lines);
        var cases = new ArrayList<Case>();
        for (var line : lines.subList(1, lines.size())) {
            cases.add(caseOf(tools, ReplyCorpus.object(Told.JSON.readValue(line, Object.class))));
        }
        return cases;
    }

    static List<OfferedTool> tools() throws IOException {
        return tools(Files.readAllLines(FILE));
    }

    private static List<OfferedTool> tools(List<String> lines) {
        var head = ReplyCorpus.object(Told.JSON.readValue(lines.getFirst(), Object.class));
        return ReplyCorpus.tools(head.get("tools"));
    }

    private static Case caseOf(List<OfferedTool> tools, Map<String, Object> row) {
        var calls = ReplyCorpus.text(row, "format");
        var format = ReplyFormat.PLAIN.withCalls(calls);
        var reasoning = row.get("reasoning_format");
        var settings = new ReplySettings(
                tools,
                choice(String.valueOf(row.getOrDefault("choice", "auto"))),
                ReplySettings.Prompt.valueOf(String.valueOf(row.getOrDefault("prompt", "USUAL"))),
                !Boolean.FALSE.equals(row.get("split")));
        return new Case(
                calls + "/" + ReplyCorpus.text(row, "case"),
                ReplyCorpus.text(row, "text"),
                reasoning == null ? format : format.withReasoning(reasoning.toString()),
                settings,
                row);
    }

    private static ToolChoice choice(String name) {
        return switch (name) {
            case "auto" -> new ToolChoice.Auto();
            case "none" -> new ToolChoice.None();
            case "required" -> new ToolChoice.Required();
            default -> new ToolChoice.Named(name);
        };
    }
}
