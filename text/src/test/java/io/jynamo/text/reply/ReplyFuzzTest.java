package io.jynamo.text.reply;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;

/**
 * Jazzer's way into the parsers of replies. A normal run replays the corpus in the resources folder ReplyFuzzTestInputs;
 * with JAZZER_FUZZ=1 in the environment and -Dfuzz.search=true it searches for replies that break them.
 */
@Tag("fuzz")
class ReplyFuzzTest {
    private static final List<String> CALLS = List.copyOf(ReplyFormat.callNames());
    private static final List<String> REASONING = List.copyOf(ReplyFormat.reasoningNames());

    /** The first byte picks the parser of calls, the second that of reasoning, the third the settings; the rest is text. */
    @FuzzTest(maxDuration = "80s")
    void reply(byte[] data) throws IOException {
        if (data.length < 3) {
            return;
        }
        var format = ReplyFormat.PLAIN.withCalls(CALLS.get((data[0] & 0xff) % CALLS.size()));
        var both = (data[1] & 0x80) == 0
                ? format
                : format.withReasoning(REASONING.get((data[1] & 0x7f) % REASONING.size()));
        var text = new String(data, 3, data.length - 3, StandardCharsets.UTF_8);
        var settings = settings(data[2]);
        var whole = Told.of(both, settings, text);
        assertThat(Told.of(both, settings, Told.characters(text))).isEqualTo(whole);
        assertThat(Told.of(both, settings, pieces(text, 1 + (data[2] & 7)))).isEqualTo(whole);
    }

    private static ReplySettings settings(byte bits) throws IOException {
        var choices = List.of(
                new ToolChoice.Auto(), new ToolChoice.Required(), new ToolChoice.Named("f"), new ToolChoice.None());
        var prompts = ReplySettings.Prompt.values();
        return new ReplySettings(
                OwnCases.tools(),
                choices.get(bits >> 3 & 3),
                prompts[(bits >> 5 & 3) % prompts.length],
                (bits & 0x80) == 0);
    }

    private static List<String> pieces(String text, int size) {
        var pieces = new ArrayList<String>();
        for (int at = 0; at < text.length(); at += size) {
            pieces.add(text.substring(at, Math.min(text.length(), at + size)));
        }
        return pieces;
    }
}
