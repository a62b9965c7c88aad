package io.jynamo.text.reply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every output of the corpus beside the repository. Where the reference parsers agree we give what they give, but for the
 * departures in the golden file, each with its reason; where they differ, the golden file says what we give. Does nothing
 * without the corpus.
 */
class ReplyCorpusTest {
    private static final Path GOLDENS =
            Path.of(System.getProperty("jynamo.root"), "text/src/test/resources/golden/replies/corpus.jsonl");

    private List<ReplyCorpus.Case> cases = List.of();

    @BeforeEach
    void corpus() throws IOException {
        assumeTrue(Files.isDirectory(ReplyCorpus.folder()), "not run: no parser corpus beside this clone");
        cases = ReplyCorpus.read();
        assertThat(cases).hasSize(441);
    }

    @Test
    void givesWhatTheReferencesAgreeOnOrTheGoldenAnswer() throws IOException {
        var goldens = goldens();
        var answers = new ArrayList<String>();
        var differences = new ArrayList<String>();
        for (var each : cases) {
            var reply = each.whole();
            var golden = goldens.remove(each.id());
            if (agrees(each, reply)) {
                if (golden != null) {
                    differences.add(each.id() + " needs no golden answer any more");
                }
                continue;
            }
            var row = new LinkedHashMap<String, Object>();
            row.put("case", each.id());
            row.put("why", golden == null ? "" : golden.getOrDefault("why", ""));
            row.putAll(reply.row());
            answers.add(Told.JSON.writeValueAsString(row));
            if (golden == null
                    || !golden.equals(row)
                    || row.get("why").toString().isBlank()) {
                differences.add(each.id() + "\n  text     " + each.text() + "\n  expected " + each.expected()
                        + "\n  golden   " + golden + "\n  ours     " + row);
            }
        }
        Files.write(Path.of(System.getProperty("jynamo.root"), "text/target/replies.jsonl"), answers);
        assertThat(goldens.keySet()).as("goldens of no case").isEmpty();
        assertThat(differences).as("see text/target/replies.jsonl").isEmpty();
    }

    @Test
    void theBordersOfPiecesDoNotMatter() {
        for (var each : cases) {
            Told.assertBordersDoNotMatter(each.id(), each.format(), each.settings(), each.text());
        }
    }

    private static boolean agrees(ReplyCorpus.Case each, Told.Reply reply) {
        var expected = each.expected();
        if (expected == null
                || !ReplyCorpus.text(expected, "content")
                        .strip()
                        .equals(reply.content().strip())
                || !ReplyCorpus.text(expected, "reasoning")
                        .strip()
                        .equals(reply.reasoning().strip())) {
            return false;
        }
        var calls = (List<?>) expected.getOrDefault("tool_calls", List.of());
        var ours = reply.ended();
        if (calls.size() != ours.size()) {
            return false;
        }
        for (int i = 0; i < calls.size(); i++) {
            var call = ReplyCorpus.object(calls.get(i));
            var arguments = ours.get(i).arguments();
            // Arguments that are a text are what the references give undecoded.
            Object comparable =
                    call.get("arguments") instanceof String ? arguments : Told.JSON.readValue(arguments, Object.class);
            if (!ours.get(i).name().equals(call.get("name")) || !comparable.equals(call.get("arguments"))) {
                return false;
            }
        }
        return true;
    }

    private static Map<String, Map<String, Object>> goldens() throws IOException {
        var goldens = new TreeMap<String, Map<String, Object>>();
        for (var line : Files.readAllLines(GOLDENS)) {
            var row = ReplyCorpus.object(Told.JSON.readValue(line, Object.class));
            goldens.put(ReplyCorpus.text(row, "case"), row);
        }
        return goldens;
    }
}
