package io.jynamo.text.reply;

import java.util.List;
import java.util.stream.Stream;

/**
 * Where calls stand in a family's text.
 *
 * @param opens markers that open a block of calls
 * @param callOpens markers that open one call inside a block
 * @param joins what may follow a call in its block and means nothing
 * @param closes markers that close a block
 * @param loose whether a call may stand outside a block
 * @param bare whether a call may stand in plain text, first on a line, without any marker
 * @param notation how a call is written
 * @param markers all markers, in this order
 */
record CallStyle(
        List<String> opens,
        List<String> callOpens,
        List<String> joins,
        List<String> closes,
        boolean loose,
        boolean bare,
        Notation notation,
        MarkerSet markers) {
    /** What a marker does. */
    enum Role {
        OPEN,
        CALL_OPEN,
        JOIN,
        CLOSE
    }

    static CallStyle of(
            List<String> opens, List<String> callOpens, List<String> joins, List<String> closes, Notation notation) {
        var all =
                Stream.of(opens, callOpens, joins, closes).flatMap(List::stream).toList();
        return new CallStyle(opens, callOpens, joins, closes, false, false, notation, new MarkerSet(all));
    }

    /** A style of one opening marker and its closing ones. */
    static CallStyle block(String open, List<String> closes, Notation notation) {
        return of(List.of(open), List.of(), List.of(), closes, notation);
    }

    CallStyle allowingLooseCalls() {
        return new CallStyle(opens, callOpens, joins, closes, true, bare, notation, markers);
    }

    CallStyle allowingBareCalls() {
        return new CallStyle(opens, callOpens, joins, closes, loose, true, notation, markers);
    }

    Role role(int marker) {
        if (marker < opens.size()) {
            return Role.OPEN;
        }
        if (marker < opens.size() + callOpens.size()) {
            return Role.CALL_OPEN;
        }
        return marker < opens.size() + callOpens.size() + joins.size() ? Role.JOIN : Role.CLOSE;
    }

    /** Whether a marker can bound what is left of a broken call. A single character cannot: the rest may hold it. */
    boolean isFence(String marker) {
        return marker.length() > 1;
    }

    /** Whether there are markers that say where a call or block ends. */
    boolean isFenced() {
        return Stream.of(joins, closes).flatMap(List::stream).anyMatch(this::isFence);
    }
}
