package io.jynamo.text.grammar.automaton;

/** How characters are written as bytes. */
@FunctionalInterface
public interface Encoding {
    /** Plain UTF-8. */
    Encoding UTF_8 = Utf8Ranges::of;

    /** Any one character of the set. No two characters may share a spelling, nor one be the beginning of another's. */
    Expression one(CodePoints points);

    default Expression text(String text) {
        return Expression.sequence(
                text.codePoints().mapToObj(c -> one(CodePoints.of(c))).toList());
    }
}
