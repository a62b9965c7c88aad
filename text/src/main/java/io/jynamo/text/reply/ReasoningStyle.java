package io.jynamo.text.reply;

import java.util.List;
import java.util.stream.Stream;

/**
 * How a family marks its reasoning.
 *
 * @param opens tags that open it
 * @param closes tags that close it
 * @param usual whether the prompt usually ends inside it, so that the reply lacks the opening tag
 * @param exits markers of calls that end it, closing tag or not
 * @param markers all of them, in this order
 */
record ReasoningStyle(List<String> opens, List<String> closes, boolean usual, List<String> exits, MarkerSet markers) {
    static ReasoningStyle of(List<String> opens, List<String> closes, boolean usual, List<String> exits) {
        var all = Stream.of(opens, closes, exits).flatMap(List::stream).toList();
        return new ReasoningStyle(opens, closes, usual, exits, new MarkerSet(all));
    }

    boolean isOpen(int marker) {
        return marker < opens.size();
    }

    boolean isClose(int marker) {
        return marker >= opens.size() && marker < opens.size() + closes.size();
    }
}
