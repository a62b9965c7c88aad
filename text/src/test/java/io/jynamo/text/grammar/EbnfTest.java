package io.jynamo.text.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.JynamoException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EbnfTest {
    private static final String SQL = """
            root ::= select_statement
            # As vLLM's documentation has it.
            select_statement ::= "SELECT " column " from " table " where " condition
            column ::= "col_1 " | "col_2 "
            table ::= "table_1 " | "table_2 "
            condition ::= column "= " number
            number ::= "1 " | "2 "
            """;
    private static final String LARK = """
            // A small SQL.
            ?start: select_statement
            ?select_statement: "SELECT " column_list " FROM " name
            column_list: name ("," name)*
            name: WORD -> word
                | "*"
            WORD.2: /[a-z_]+/i
            """;
    private static final String ARITHMETIC = """
            root ::= expr
            expr ::= expr "+" term | expr "-" term | term
            term ::= term "*" factor
                   | factor
            factor ::= [0-9]+ | "(" expr ")"
            """;

    static Stream<Arguments> grammars() {
        return Stream.of(
                Arguments.of(SQL, List.of("SELECT col_1  from table_2  where col_2 = 1 "), List.of("SELECT col_1")),
                Arguments.of(
                        LARK,
                        List.of("SELECT a,B FROM t", "SELECT * FROM x_y"),
                        List.of("SELECT a FROM", "SELECT a, FROM b")),
                Arguments.of(ARITHMETIC, List.of("1", "1+2*3-4", "((7))*(1+2)"), List.of("", "1+", "(1", "+1", "a")),
                Arguments.of(
                        "root ::= \"a\"{2,3} [^b-d\\n]? .{2}",
                        List.of("aaxyz", "aaéé名", "aaaxyz"), List.of("aab", "abcde")),
                Arguments.of(
                        "root ::= ( \"x\" | 'y' )+ tail\ntail ::= | \"\\u00e9\" \"\\x41\" ",
                        List.of("x", "xyé" + "A"),
                        List.of("", "é")),
                Arguments.of(
                        "root ::= \"(\" root \")\" root | \"\"", List.of("", "()", "(()())()"), List.of("(", ")(")),
                Arguments.of(
                        "root ::= item-list\nitem-list ::= [a-z]{1,} | item-list \",\" item-list-end\nitem-list-end::=\"z\"",
                        List.of("ab", "a,z,z"),
                        List.of(",")),
                Arguments.of("root ::= [\\]\\-a]+ \"\\\"\" [+*/-]", List.of("]-a\"+", "a\"-"), List.of("b\"+")),
                Arguments.of(
                        "start: \"a\"i [\"b\"] \"0\"..\"3\" \"c\"{2}",
                        List.of("A0cc", "ab3cc"), List.of("a4cc", "a0c")));
    }

    @ParameterizedTest
    @MethodSource("grammars")
    void accepts_the_texts_of_the_root_rule(String grammar, List<String> accepted, List<String> refused) {
        var compiled = new Constraint.Grammar(grammar).compile();
        for (String text : accepted) {
            assertThat(compiled.accepts(text.getBytes(StandardCharsets.UTF_8)))
                    .as(text)
                    .isTrue();
        }
        for (String text : refused) {
            assertThat(compiled.accepts(text.getBytes(StandardCharsets.UTF_8)))
                    .as(text)
                    .isFalse();
        }
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                Arguments.of("root ::= a\nb ::= \"x\"", "rule 'a' is not defined at line 1, column 10"),
                Arguments.of("a ::= \"x\"", "there is no rule 'root'"),
                Arguments.of("root ::= \"x\"\n\nroot ::= \"y\"", "rule 'root' is defined twice at line 3, column 1"),
                Arguments.of("root ::= \"x", "it ends too early"),
                Arguments.of("root ::= \"x\n\"", "a literal must end on its line"),
                Arguments.of("root ::= (\"x\"\n", "missing ')' at line 2, column 1"),
                Arguments.of("root ::= [a", "missing ']'"),
                Arguments.of("root ::= &", "unexpected '&' at character 10"),
                Arguments.of("root ::= \"x\"{3,1}", "a repetition is {m}, {m,} or {m,n}"),
                Arguments.of("root ::= (= \"x\")", "unsupported in a grammar: lookahead"),
                Arguments.of(
                        "start: A\n%import common.WORD -> A", "unsupported in a grammar: directive %import at line 2"),
                Arguments.of("root ::= a\na ::= b \"x\" | \"y\"\nb ::= a", "rule 'a' is left-recursive: a → b → a"),
                Arguments.of(
                        "root ::= x root \"a\" | \"b\"\nx ::= \"c\"*", "rule 'root' is left-recursive: root → root"),
                Arguments.of("root ::= root", "no text satisfies the constraint"),
                Arguments.of("root ::= \"a\" root", "no text satisfies the constraint"),
                Arguments.of("root ::= " + "(".repeat(200), "groups nest deeper than 100"));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void says_what_is_wrong_and_where(String grammar, String message) {
        assertThatThrownBy(() -> new Constraint.Grammar(grammar).compile())
                .isInstanceOf(JynamoException.class)
                .hasMessageContaining(message);
    }

    @Test
    void chains_of_rules_that_call_at_their_end_take_no_room() {
        var compiled = new Constraint.Grammar("root ::= \"a\" root | \"b\"").compile();
        var exploration = new Exploration();
        var at = exploration.at(compiled.start(), null);
        for (int i = 0; i < 10_000; i++) {
            at = at.next('a');
        }
        assertThat(at.complete).isFalse();
        assertThat(at.next('b').complete).isTrue();
        assertThat(exploration.weight()).isLessThan(10_000);
    }
}
