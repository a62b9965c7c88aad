package io.jynamo.text.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jynamo.text.ChatTemplate;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/**
 * Real chat templates, each with many contexts, against Python's jinja2: the same bytes, or an error of the same class, with
 * the same words where the template raised it. Reads a corpus beside the repository and does nothing without it.
 */
class TemplateCorpusTest {
    private final Map<String, ChatTemplate> templates = new HashMap<>();

    @Test
    void rendersAsThePythonOracleDoes() throws IOException {
        var data = Path.of(System.getProperty("jynamo.root"), "..", "shared", "data");
        var goldens = data.resolve("goldens/chat-templates.jsonl.gz");
        assumeTrue(Files.isRegularFile(goldens), "not run: no template corpus beside this clone");
        var contexts = Outcome.object(Outcome.JSON.readValue(
                data.resolve("goldens/chat-template-contexts.json").toFile(), Object.class));
        var differences = new ArrayList<String>();
        var rows = 0;
        try (var lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(goldens)), StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                var row = Outcome.object(Outcome.JSON.readValue(line, Object.class));
                var template = template(data.resolve("chat-templates"), String.valueOf(row.get("template")));
                var ours = Outcome.of(template, Outcome.object(contexts.get(String.valueOf(row.get("context")))));
                rows++;
                if (!ours.equals(Outcome.golden(row))) {
                    differences.add(row.get("template") + " × " + row.get("context") + "\n  oracle "
                            + Outcome.golden(row) + "\n  ours   " + ours);
                }
            }
        }
        assertThat(rows).isEqualTo(4370);
        assertThat(differences).isEmpty();
    }

    private ChatTemplate template(Path folder, String name) throws IOException {
        var known = templates.get(name);
        if (known != null) {
            return known;
        }
        var source = Files.readString(folder.resolve(name + ".jinja"));
        var compiled = ChatTemplates.compile(source, TemplateLimits.DEFAULT, Outcome.CLOCK);
        templates.put(name, compiled);
        return compiled;
    }
}
