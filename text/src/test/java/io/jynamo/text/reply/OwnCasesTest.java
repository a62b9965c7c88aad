package io.jynamo.text.reply;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The repository's own outputs give what the golden file says, in whatever pieces they come. */
class OwnCasesTest {
    @Test
    void givesTheGoldenAnswers() throws IOException {
        var lines = new ArrayList<String>();
        lines.add(Files.readAllLines(OwnCases.FILE).getFirst());
        var differences = new ArrayList<String>();
        for (var each : OwnCases.read()) {
            var ours = each.withAnswer();
            lines.add(Told.JSON.writeValueAsString(ours));
            if (!ours.equals(each.row())) {
                differences.add(each.id() + "\n  golden " + each.row() + "\n  ours   " + ours);
            }
        }
        Files.write(Path.of(System.getProperty("jynamo.root"), "text/target/cases.jsonl"), lines);
        assertThat(differences).as("see text/target/cases.jsonl").isEmpty();
    }

    @Test
    void everyFormatHasCases() throws IOException {
        var formats = OwnCases.read().stream()
                .collect(Collectors.groupingBy(each -> each.format().calls(), Collectors.counting()));
        assertThat(formats.keySet()).containsExactlyInAnyOrderElementsOf(ReplyFormat.callNames());
        assertThat(formats.values()).allMatch(count -> count >= 5);
    }

    @Test
    void theBordersOfPiecesDoNotMatter() throws IOException {
        for (var each : OwnCases.read()) {
            Told.assertBordersDoNotMatter(each.id(), each.format(), each.settings(), each.text());
        }
    }

    @Test
    void whatIsToldAsWholeStaysSoWithMoreText() throws IOException {
        for (var each : OwnCases.read()) {
            var calls = each.whole().calls();
            for (int end = 0; end < each.text().length(); end++) {
                var early = Told.of(each.format(), each.settings(), each.text().substring(0, end));
                if (!early.warnings().contains("call_unclosed")) {
                    assertThat(calls)
                            .as("%s, its first %d", each.id(), end)
                            .containsAll(early.ended())
                            .hasSizeGreaterThanOrEqualTo(early.calls().size());
                }
            }
        }
    }
}
