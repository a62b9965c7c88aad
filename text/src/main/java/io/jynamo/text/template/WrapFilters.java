package io.jynamo.text.template;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Filters that lay text out in lines: indent, wordwrap, truncate. */
final class WrapFilters {
    /** Where a line may break beside blank space: after the hyphen of a word, around a dash. */
    private static final Pattern CHUNK = Pattern.compile(
            "[\\t\\n\\x0b\\f\\r ]++"
                    + "|(?<=[\\w!\"'&.,?])-{2,}(?=\\w)"
                    + "|[^\\t\\n\\x0b\\f\\r ]+?(?:-(?:(?<=[^\\d\\W]{2}-)|(?<=[^\\d\\W]-[^\\d\\W]-))(?=[^\\d\\W]-?[^\\d\\W])"
                    + "|(?=[\\t\\n\\x0b\\f\\r ]|\\z)|(?<=[\\w!\"'&.,?])(?=-{2,}\\w))",
            Pattern.UNICODE_CHARACTER_CLASS);

    private static final Pattern SIMPLE_CHUNK = Pattern.compile("[\\t\\n\\x0b\\f\\r ]++|[^\\t\\n\\x0b\\f\\r ]++");

    private WrapFilters() {}

    static void register(Map<String, FilterTable.Filter> filters) {
        filters.put("indent", WrapFilters::indent);
        filters.put("truncate", WrapFilters::truncate);
        filters.put("wordwrap", WrapFilters::wordWrap);
    }

    private static Object indent(Rendering r, @Nullable Object value, Arguments arguments) {
        var bound = arguments.bind("do_indent", 0, "width", "first", "blank");
        Undefined.refuse(value);
        if (!(value instanceof String text)) {
            throw TemplateFailure.type("unsupported operand type(s) for +=: '" + Types.name(value) + "' and 'str'");
        }
        String margin;
        if (bound[0] instanceof String given) {
            margin = given;
        } else {
            var width = Math.max(0, Arguments.integer(bound[0], 4));
            r.allocate(width);
            margin = " ".repeat(width);
        }
        var blank = Arguments.truth(bound[2], false);
        var out = new StringBuilder(Arguments.truth(bound[1], false) ? margin : "");
        var lines = Text.lines(text + "\n", false);
        for (int i = 0; i < lines.size(); i++) {
            var line = (String) lines.get(i);
            r.grow(out, (long) margin.length() + line.length() + 1);
            out.append(i == 0 ? "" : "\n");
            out.append(i > 0 && (blank || !line.isEmpty()) ? margin : "").append(line);
        }
        return out.toString();
    }

    private static Object truncate(Rendering r, @Nullable Object value, Arguments arguments) {
        var bound = arguments.bind("do_truncate", 0, "length", "killwords", "end", "leeway");
        var text = TextFilters.text(value);
        r.work(text.length());
        var length = Arguments.integer(bound[0], 255);
        var end = Arguments.text(bound[2], "...");
        var leeway = Arguments.or(bound[3], null) == null ? 5 : Numbers.index(bound[3]);
        if (length < Text.length(end) || leeway < 0) {
            throw new TemplateFailure("AssertionError", "expected length >= " + Text.length(end) + ", got " + length);
        }
        if (Text.length(text) <= (long) length + leeway) {
            return text;
        }
        var cut = text.substring(0, Text.offset(text, length - Text.length(end)));
        var space = cut.lastIndexOf(' ');
        return (Arguments.truth(bound[1], false) || space < 0 ? cut : cut.substring(0, space)) + end;
    }

    private static Object wordWrap(Rendering r, @Nullable Object value, Arguments arguments) {
        var bound = arguments.bind("do_wordwrap", 0, "width", "break_long_words", "wrapstring", "break_on_hyphens");
        Undefined.refuse(value);
        var text = Arguments.text(value, "");
        var width = Arguments.integer(bound[0], 79);
        if (width <= 0) {
            throw TemplateFailure.value("invalid width " + width + " (must be > 0)");
        }
        var joint = Arguments.or(bound[2], null) == null ? "\n" : Arguments.text(bound[2], "\n");
        var chunk = Arguments.truth(bound[3], true) ? CHUNK : SIMPLE_CHUNK;
        var wrapped = new StringBuilder();
        var lines = Text.lines(text, false);
        for (int i = 0; i < lines.size(); i++) {
            r.allocate(text.length() / lines.size() + 1);
            wrapped.append(i == 0 ? "" : joint);
            var pieces = wrap(r, chunk, (String) lines.get(i), width, Arguments.truth(bound[1], true), joint.length());
            wrapped.append(String.join(joint, pieces));
        }
        return wrapped.toString();
    }

    private static List<String> wrap(
            Rendering r, Pattern chunk, String line, int width, boolean breakWords, int jointSize) {
        Deque<String> chunks = new ArrayDeque<>();
        chunk.matcher(line).results().forEach(match -> chunks.add(match.group()));
        var lines = new ArrayList<String>();
        while (!chunks.isEmpty()) {
            r.allocate((long) width / 8 + jointSize);
            if (!lines.isEmpty() && chunks.getFirst().isBlank()) {
                chunks.removeFirst();
            }
            var taken = new ArrayDeque<String>();
            var room = width;
            while (!chunks.isEmpty() && Text.length(chunks.getFirst()) <= room) {
                room -= Text.length(chunks.getFirst());
                taken.add(chunks.removeFirst());
            }
            if (!chunks.isEmpty() && Text.length(chunks.getFirst()) > width) {
                takeLong(chunks, taken, room, breakWords);
            }
            if (!taken.isEmpty() && taken.getLast().isBlank()) {
                taken.removeLast();
            }
            if (!taken.isEmpty()) {
                lines.add(String.join("", taken));
            }
        }
        return lines;
    }

    /** A word longer than a line: cut, or alone on its line. */
    private static void takeLong(Deque<String> chunks, Deque<String> taken, int room, boolean breakWords) {
        if (!breakWords) {
            if (taken.isEmpty()) {
                taken.add(chunks.removeFirst());
            }
            return;
        }
        var word = chunks.removeFirst();
        var cut = Text.offset(word, Math.max(1, room));
        if (room > 0 || taken.isEmpty()) {
            taken.add(word.substring(0, cut));
            chunks.addFirst(word.substring(cut));
        } else {
            chunks.addFirst(word);
        }
    }
}
