package io.jynamo.text.template;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The methods of str that look for a text within bounds: find, index, count, startswith and the like. */
final class Search {
    private Search() {}

    static void register(Map<String, TextMethods.Method> methods) {
        methods.put("find", (r, s, a) -> find("find", s, a, false));
        methods.put("rfind", (r, s, a) -> find("rfind", s, a, true));
        methods.put("index", (r, s, a) -> require(find("index", s, a, false)));
        methods.put("rindex", (r, s, a) -> require(find("rindex", s, a, true)));
        methods.put("count", (r, s, a) -> count(s, a));
        methods.put("startswith", (r, s, a) -> atEdge("startswith", s, a));
        methods.put("endswith", (r, s, a) -> atEdge("endswith", s, a));
    }

    /** The part of a text that start and end name; begin is its position in code points, -1 if start is past the end. */
    private record Window(String text, int begin) {}

    private static Window window(String self, @Nullable Object start, @Nullable Object end) {
        var given = Arguments.or(start, null);
        var until = Arguments.or(end, null);
        if (given == null && until == null) {
            return new Window(self, 0);
        }
        var size = Text.length(self);
        var from = clamp(given, 0, size);
        var to = Math.min(clamp(until, size, size), size);
        if (from > size || from > to) {
            return new Window("", -1);
        }
        return new Window(self.substring(Text.offset(self, from), Text.offset(self, to)), from);
    }

    private static int clamp(@Nullable Object index, int absent, int size) {
        if (index == null) {
            return absent;
        }
        var value = Numbers.index(index);
        return value < 0 ? Math.max(0, value + size) : value;
    }

    private static long find(String name, String self, Arguments arguments, boolean last) {
        var bound = arguments.bind(name, 1, "sub", "start", "end");
        var part = Arguments.text(bound[0], "");
        var window = window(self, bound[1], bound[2]);
        if (window.begin < 0) {
            return -1;
        }
        var at = last ? Text.findLast(window.text, part, window.text.length()) : Text.find(window.text, part, 0);
        return at < 0 ? -1 : window.begin + window.text.codePointCount(0, at);
    }

    private static long require(long position) {
        if (position < 0) {
            throw TemplateFailure.value("substring not found");
        }
        return position;
    }

    private static long count(String self, Arguments arguments) {
        var bound = arguments.bind("count", 1, "sub", "start", "end");
        var part = Arguments.text(bound[0], "");
        var window = window(self, bound[1], bound[2]);
        if (window.begin < 0) {
            return 0;
        }
        if (part.isEmpty()) {
            return Text.length(window.text) + 1L;
        }
        var count = 0L;
        for (int at = Text.find(window.text, part, 0); at >= 0; at = Text.find(window.text, part, at + part.length())) {
            count++;
        }
        return count;
    }

    private static boolean atEdge(String name, String self, Arguments arguments) {
        arguments.refuseKeywords("str." + name);
        var bound = arguments.bind(name, 1, "prefix", "start", "end");
        var window = window(self, bound[1], bound[2]);
        var wanted = bound[0] instanceof Tuple tuple ? tuple : List.of();
        if (bound[0] instanceof String one) {
            return window.begin >= 0 && edge(name, window.text, one);
        }
        Undefined.refuse(bound[0]);
        if (!(bound[0] instanceof Tuple)) {
            throw TemplateFailure.type(name + " first arg must be str or a tuple of str, not " + Types.name(bound[0]));
        }
        for (var one : wanted) {
            if (!(one instanceof String text)) {
                throw TemplateFailure.type("tuple for " + name + " must only contain str, not " + Types.name(one));
            }
            if (window.begin >= 0 && edge(name, window.text, text)) {
                return true;
            }
        }
        return false;
    }

    private static boolean edge(String name, String text, String part) {
        return name.equals("startswith") ? text.startsWith(part) : text.endsWith(part);
    }
}
