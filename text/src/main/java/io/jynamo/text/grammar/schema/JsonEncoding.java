package io.jynamo.text.grammar.schema;

import static io.jynamo.text.grammar.automaton.Expression.choice;
import static io.jynamo.text.grammar.automaton.Expression.literal;
import static io.jynamo.text.grammar.automaton.Expression.sequence;

import io.jynamo.text.grammar.automaton.CodePoints;
import io.jynamo.text.grammar.automaton.Encoding;
import io.jynamo.text.grammar.automaton.Expression;
import io.jynamo.text.grammar.automaton.Utf8Ranges;
import java.util.ArrayList;
import java.util.HexFormat;

/**
 * Characters inside a JSON string in their ordinary form: themselves, or an escape where JSON asks for one, the short one where there is one.
 * One spelling for each character is what makes sets of strings add up when they are intersected.
 */
final class JsonEncoding implements Encoding {
    static final JsonEncoding INSTANCE = new JsonEncoding();

    /** What cannot stand for itself, and its short escapes in the same order. */
    private static final String SHORT = "\"\\\b\f\n\r\t";

    private static final String LETTERS = "\"\\bfnrt";
    static final CodePoints ESCAPED = CodePoints.of(0, 0x1F).union(CodePoints.of("\"\\"));

    private JsonEncoding() {}

    @Override
    public Expression one(CodePoints points) {
        var options = new ArrayList<Expression>();
        options.add(Utf8Ranges.of(points.minus(ESCAPED)));
        var escaped = points.intersect(ESCAPED);
        for (int i = 0; i < escaped.ranges(); i++) {
            for (int c = escaped.first(i); c <= escaped.last(i); c++) {
                options.add(escape(c));
            }
        }
        return choice(options);
    }

    private static Expression escape(int c) {
        int at = SHORT.indexOf(c);
        if (at >= 0) {
            return literal("\\" + LETTERS.charAt(at));
        }
        String hex = HexFormat.of().toHexDigits((byte) c);
        return sequence(
                literal("\\u00" + hex.charAt(0)),
                Expression.anyOf(hex.substring(1) + hex.substring(1).toUpperCase(java.util.Locale.ROOT)));
    }
}
