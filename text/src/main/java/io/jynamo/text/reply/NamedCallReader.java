package io.jynamo.text.reply;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads a call written as a head that names the tool, a marker, and the JSON object of the arguments. */
final class NamedCallReader implements CallReader {
    /**
     * How the head is written.
     *
     * @param markers first the one that ends the head, then those that may stand in it
     * @param parse makes a head of the text before the end, or null if it is none
     */
    record Style(MarkerSet markers, Function<String, @Nullable Head> parse) {
        static Style of(List<String> markers, Function<String, @Nullable Head> parse) {
            return new Style(new MarkerSet(markers), parse);
        }
    }

    /** What a head says. */
    record Head(String name, @Nullable String id) {}

    private static final int LONGEST = 512;

    private final CallBook calls;
    private final Style style;
    private final MarkerScan scan;
    private final StringBuilder head = new StringBuilder();
    private @Nullable ArgumentsReader arguments;

    NamedCallReader(CallBook calls, Style style) {
        this.calls = calls;
        this.style = style;
        this.scan = new MarkerScan(style.markers());
    }

    /** Whether a tool's name may have this character. */
    static boolean isName(char c) {
        return Character.isLetterOrDigit(c) || "_-.:/".indexOf(c) >= 0;
    }

    /** Whether a text is a name and nothing else. */
    static boolean isName(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> isName((char) c));
    }

    @Override
    public Step accept(char c) {
        if (arguments != null) {
            return arguments.accept(c);
        }
        var found = scan.accept(c);
        var freed = scan.freed();
        for (int i = 0; i < freed.length(); i++) {
            if (!isName(freed.charAt(i)) && !Character.isWhitespace(freed.charAt(i))) {
                return Step.BROKEN;
            }
        }
        head.append(freed);
        if (head.length() > LONGEST) {
            return Step.BROKEN;
        }
        if (found > 0) {
            head.append(scan.marker(found));
        } else if (found == 0) {
            var parsed = style.parse().apply(head.toString().strip());
            if (parsed == null) {
                return Step.BROKEN;
            }
            arguments = new ArgumentsReader(calls, parsed.name(), parsed.id());
        }
        return Step.MORE;
    }
}
