package io.jynamo.text.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Regular expressions as java.util.regex reads them, where the two agree on what they mean. */
class RegularExpressionTest {
    private static final String ALPHABET = "abcxyzABC019_- .\n\t+@é名😀[](){}*^$|\\\"";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "abc",
                "a|b|",
                "(?:a|b)*c",
                "[a-c]+\\d{2,3}",
                "[^a-c]{0,4}",
                "a{2}b{1,}c{0,2}",
                "(a(b(c)?)?)?",
                "\\w+@\\w+\\.\\w+",
                ".*é.*",
                "(?i)aBc[x-z]",
                "a+?b*?c??",
                "[\\]\\-x^]+",
                "[\\d_.-]+",
                "\\S+\\s\\S+",
                "^(abc|xyz)$",
                "^a$|^b+$",
                "[\\u00e9\\x61]+",
                "😀|名{1,2}",
                "\\D\\W",
                "(?s).{3}",
                "x*",
                "(?P<year>\\d{4})-(?P<month>\\d\\d)",
                "(a|ab)(c|bcd)",
                "((a|b){2}){2}",
                "[\\s\\S]{1,2}",
                "\\p{L}+",
                "\\{\\}|\\(\\)",
                "(?i:ab)c",
            })
    void matches_what_javas_does(String regex) {
        // Java writes named groups otherwise, and has other classes beyond ASCII only with a flag.
        var java = Pattern.compile(regex.replace("(?P<", "(?<"));
        var ours = new Constraint.Regex(regex).compile();
        for (long seed : new long[] {5}) {
            var random = new Random(seed);
            for (int i = 0; i < 400; i++) {
                String text = text(random);
                var matcher = java.matcher(text);
                boolean matches = matcher.matches();
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                assertThat(ours.accepts(bytes))
                        .as("%s on %s, seed %d", regex, text, seed)
                        .isEqualTo(matches);
                if (matches) {
                    assertThat(ours.acceptsPrefix(bytes)).isTrue();
                }
            }
        }
    }

    private static String text(Random random) {
        int[] alphabet = ALPHABET.codePoints().toArray();
        var text = new StringBuilder();
        int length = random.nextInt(7);
        int few = 1 + random.nextInt(alphabet.length);
        for (int i = 0; i < length; i++) {
            text.appendCodePoint(alphabet[random.nextInt(few)]);
        }
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "(?=a)b ~ unsupported in a regular expression: lookahead at character 4",
                "(?!a)b ~ lookahead",
                "(?<=a)b ~ lookbehind",
                "(?<!a)b ~ lookbehind",
                "(a)\\1 ~ backreference",
                "(?P<n>a)(?P=n) ~ backreference",
                "\\bword\\b ~ word boundary \\b",
                "a++ ~ possessive quantifier",
                "(?>a) ~ atomic group",
                "(?m)a ~ flag or group '(?m'",
                "a^b ~ an anchor (^ or $) in the middle",
                "(^a)* ~ an anchor (^ or $) inside a repetition",
                "\\N{DASH} ~ escape \\N",
                "\\p{Nonsense} ~ property Nonsense",
                "(a ~ missing ')'",
                "a) ~ unbalanced ')'",
                "[a ~ missing ']'",
                "*a ~ nothing to repeat",
                "a** ~ multiple repeat",
                "[z-a] ~ bad character range",
                "a{3,2} ~ numbers out of order",
                "a\\ ~ it ends too early",
                "(?: ~ missing ')'",
                "a{1000001} ~ more than 100000",
            })
    void refuses_by_name(String regex, String message) {
        assertThatThrownBy(() -> new Constraint.Regex(regex).compile())
                .isInstanceOf(JynamoException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"(a|a)*b", "(a*)*b", "(a+a+)+b", "(a|b)*a(a|b){18}", "(.*)(.*)(.*)(.*)[ab]c", "(?:a{0,1000}){3}b"
            })
    void takes_no_more_than_its_time_where_backtracking_would(String regex) {
        var grammar = new Constraint.Regex(regex).compile();
        assertThat(grammar.acceptsPrefix("a".repeat(500).getBytes(StandardCharsets.UTF_8)))
                .isTrue();
        assertThat(grammar.accepts("a".repeat(500).getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(regex.contains("{18}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"((a{0,50}){0,50}){0,20}b"})
    void gives_up_on_texts_that_can_be_read_in_thousands_of_ways(String regex) {
        var grammar = new Constraint.Regex(regex).compile();
        assertThatThrownBy(() -> grammar.acceptsPrefix("a".repeat(500).getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(JynamoException.class)
                .hasMessageContaining("too ambiguous");
    }

    static Stream<String> huge() {
        return Stream.of(
                "(a?){100000}",
                "\\p{L}".repeat(3_000),
                "(?i)" + "\\D".repeat(8_000),
                "(((((.{1000}){1000}){1000}){1000}){1000})+",
                "(x|".repeat(90) + "y" + ")*".repeat(90),
                "(?:[^a]{1,9000}b){1,9000}",
                "a?".repeat(8_000));
    }

    @ParameterizedTest
    @MethodSource("huge")
    void compiles_or_refuses_what_is_huge(String regex) {
        try {
            assertThat(new Constraint.Regex(regex).compile().accepts(new byte[] {(byte) 0xFF}))
                    .isFalse();
        } catch (JynamoException e) {
            assertThat(e.code()).isIn(ErrorCode.INVALID_REQUEST, ErrorCode.UNSUPPORTED_PARAMETER);
        }
    }
}
