package io.jynamo.frontend.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way in which the input of a batch can be wrong, with the number of its line. */
class InputCheckTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String GOOD =
            "{'custom_id':'a','method':'POST','url':'/v1/chat/completions','body':{'model':'m'}}";

    @TempDir
    Path folder;

    private InputCheck.Outcome check(String lines) {
        try {
            Path file = Files.writeString(folder.resolve("in"), lines.replace('\'', '"'));
            return InputCheck.run(file, CHAT, BatchLimits.DEFAULT.withLines(3, 200));
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    private List<String> wrong(String lines) {
        return check(lines) instanceof InputCheck.Outcome.Wrong(List<BatchError> errors)
                ? errors.stream()
                        .map(error -> error.code() + ":" + error.line() + ":" + error.param())
                        .toList()
                : List.of();
    }

    @Test
    void good_lines_are_counted_and_blank_ones_are_none() {
        assertThat(check(GOOD)).isEqualTo(new InputCheck.Outcome.Good(1));
        assertThat(check(GOOD + "\r\n\n  \n" + GOOD.replace("'a'", "'b'") + "\n"))
                .isEqualTo(new InputCheck.Outcome.Good(2));
    }

    @Test
    void every_wrong_line_is_named() {
        assertThat(wrong("")).containsExactly("empty_file:0:null");
        assertThat(wrong("\n \n")).containsExactly("empty_file:0:null");
        assertThat(wrong(GOOD + "\n{'custom_id':\n[]"))
                .containsExactly("invalid_json_line:2:null", "invalid_json_line:3:null");
        assertThat(wrong(GOOD + "\n\n" + GOOD)).containsExactly("duplicate_custom_id:3:custom_id");
        assertThat(wrong(GOOD.replace(CHAT, "/v1/embeddings"))).containsExactly("invalid_url:1:url");
        assertThat(wrong(GOOD.replace(CHAT, "/v1/images"))).containsExactly("invalid_url:1:url");
        assertThat(wrong(GOOD.replace("POST", "GET"))).containsExactly("invalid_line:1:method");
        assertThat(wrong(GOOD.replace("'custom_id':'a',", ""))).containsExactly("invalid_line:1:custom_id");
        assertThat(wrong(GOOD.replace("'a'", "''"))).containsExactly("invalid_line:1:custom_id");
        assertThat(wrong(GOOD.replace("{'model':'m'}", "'m'"))).containsExactly("invalid_line:1:body");
        assertThat(wrong(GOOD.replace("{'custom", "{'other':1,'custom"))).containsExactly("invalid_line:1:other");
        assertThat(wrong(GOOD.replace("'m'", "'" + "m".repeat(200) + "'"))).containsExactly("line_too_long:1:null");
        assertThat(wrong("1\n2\n3\n4\n5")).contains("too_many_lines:4:null").hasSize(4);
    }

    @Test
    void a_body_is_taken_as_it_is() {
        String line = GOOD.replace('\'', '"').replace("{\"model\":\"m\"}", "{ \"model\" : \"m\\u00e9\", \"x\":1.50 }");
        byte[] bytes = line.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        assertThat(new String(
                        BatchLine.read(new LineReader.Line(0, 1, 0, bytes), bytes, CHAT)
                                .body(),
                        java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("{ \"model\" : \"m\\u00e9\", \"x\":1.50 }");
    }
}
