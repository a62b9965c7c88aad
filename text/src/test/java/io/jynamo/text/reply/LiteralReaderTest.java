package io.jynamo.text.reply;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LiteralReaderTest {
    @Test
    void writesPythonAsJson() {
        assertThat(LiteralReader.pythonToJson("{'a': [1, -2.5, None, True], \"b\": {}}"))
                .isEqualTo("{\"a\":[1,-2.5,null,true],\"b\":{}}");
        assertThat(LiteralReader.pythonToJson("'it\\'s \"x\" \\U0001F981 \\d\\\nend\\0'"))
                .isEqualTo("\"it's \\\"x\\\" 🦁 \\\\dend\\u0000\"");
        assertThat(LiteralReader.pythonToJson("[1, 2, ]")).isEqualTo("[1,2]");
        assertThat(LiteralReader.pythonToJson("1_0.5")).isNull();
        assertThat(LiteralReader.pythonToJson("1_000")).isEqualTo("1000");
        assertThat(LiteralReader.pythonToJson("+5.e3 ")).isEqualTo("5.0e3");
    }

    @Test
    void refusesWhatIsNoLiteral() {
        assertThat(List.of(
                        "",
                        "[1",
                        "f(x)",
                        "x",
                        "1 2",
                        "{'a'}",
                        "{1: 2}",
                        "(1, 2)",
                        "[,]",
                        "'a",
                        "'a\nb'",
                        "'\\x4'",
                        "'\\N{DASH}'",
                        "--1",
                        "007",
                        "1__0",
                        "'a' 'b'",
                        "[1}",
                        "inf"))
                .allMatch(text -> LiteralReader.pythonToJson(text) == null);
    }
}
