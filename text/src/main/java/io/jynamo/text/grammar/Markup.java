package io.jynamo.text.grammar;

import static io.jynamo.text.grammar.automaton.Expression.anyOf;
import static io.jynamo.text.grammar.automaton.Expression.choice;
import static io.jynamo.text.grammar.automaton.Expression.literal;
import static io.jynamo.text.grammar.automaton.Expression.optional;
import static io.jynamo.text.grammar.automaton.Expression.repeat;
import static io.jynamo.text.grammar.automaton.Expression.sequence;
import static io.jynamo.text.grammar.automaton.Expression.star;

import io.jynamo.protocol.OutputConstraint;
import io.jynamo.text.grammar.automaton.Expression;
import io.jynamo.text.grammar.automaton.Graph;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Texts with a model's own markup, each marker as ordinary text or as the special token that it may be: {@link TokenVocabulary} gives such a
 * token the bytes of its text behind a byte that no text holds.
 */
final class Markup {
    /** Line ends and blanks that models put between reasoning and answer. */
    private static final int MAX_SPACE = 8;

    private final List<String> markers;

    /** @param markers what may be a special token */
    Markup(List<String> markers) {
        this.markers = markers.stream()
                .filter(marker -> !marker.isEmpty())
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    /** Exactly this text. */
    Expression text(String text) {
        var parts = new ArrayList<Expression>();
        int plain = 0;
        for (int at = 0; at < text.length(); ) {
            Optional<String> marker = markerAt(text, at);
            if (marker.isEmpty()) {
                at++;
                continue;
            }
            parts.add(literal(text.substring(plain, at)));
            parts.add(choice(literal(marker.get()), literal(special(marker.get()))));
            at += marker.get().length();
            plain = at;
        }
        parts.add(literal(text.substring(plain)));
        return sequence(parts);
    }

    private Optional<String> markerAt(String text, int at) {
        return markers.stream().filter(marker -> text.startsWith(marker, at)).findFirst();
    }

    /** Anything that ends with the first occurrence of one of {@code ends}. */
    static Expression until(List<String> ends) {
        return new Expression.Embedded(Graph.upTo(forms(ends)));
    }

    /** Anything in which {@code text} does not occur: neither it nor, as a special token, the marker that it begins with. */
    Expression without(String text) {
        return new Expression.Embedded(
                Graph.without(forms(List.of(markerAt(text, 0).orElse(text)))));
    }

    private static List<byte[]> forms(List<String> texts) {
        var forms = new ArrayList<byte[]>();
        for (String text : texts) {
            forms.add(text.getBytes(StandardCharsets.UTF_8));
            forms.add(special(text));
        }
        return forms;
    }

    private static byte[] special(String text) {
        return TokenVocabulary.special(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Calls as a constraint has them.
     *
     * @param arguments the texts of a call's arguments
     */
    static Expression calls(OutputConstraint.Calls calls, Function<OutputConstraint.Call, Expression> arguments) {
        var markup = new Markup(calls.markers());
        Expression call = choice(calls.calls().stream()
                .map(one -> sequence(markup.text(one.head()), arguments.apply(one), markup.text(one.tail())))
                .toList());
        // Used twice below: a rule keeps the automaton small.
        Expression shared = Expression.shared("call", call);
        Expression more = calls.several() ? star(sequence(markup.text(calls.between()), shared)) : Expression.EMPTY;
        Expression block = sequence(markup.text(calls.begin()), shared, more, markup.text(calls.end()));
        return calls.free() ? sequence(markup.without(calls.begin()), optional(block)) : block;
    }

    /** An answer with reasoning before it. */
    static Expression afterThinking(OutputConstraint.Thinking thinking, Expression answer) {
        var space = repeat(anyOf(" \t\r\n"), 0, MAX_SPACE);
        Expression thought = sequence(until(thinking.closes()), space);
        if (thinking.begun()) {
            return sequence(thought, answer);
        }
        if (thinking.opens().isEmpty()) {
            return answer;
        }
        var markup = new Markup(thinking.opens());
        Expression opened = choice(thinking.opens().stream().map(markup::text).toList());
        return sequence(optional(sequence(space, opened, thought)), answer);
    }
}
