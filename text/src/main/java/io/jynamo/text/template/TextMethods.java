package io.jynamo.text.template;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The methods of Python's str. */
final class TextMethods {
    /** A method over its receiver. */
    @FunctionalInterface
    interface Method {
        @Nullable
        Object call(Rendering r, String self, Arguments arguments);
    }

    private static final Map<String, Method> METHODS = new HashMap<>();

    static {
        cases();
        classes();
        edges();
        METHODS.put("split", (r, s, a) -> split(r, s, a, false));
        METHODS.put("rsplit", (r, s, a) -> split(r, s, a, true));
        METHODS.put("splitlines", TextMethods::splitLines);
        METHODS.put("partition", (r, s, a) -> partition(r, s, a, false));
        METHODS.put("rpartition", (r, s, a) -> partition(r, s, a, true));
        METHODS.put("join", TextMethods::join);
        METHODS.put("replace", TextMethods::replace);
        METHODS.put("format", (r, s, a) -> r.allocated(BraceFormat.format(r, s, a)));
        METHODS.put("format_map", TextMethods::formatMap);
        METHODS.put("expandtabs", TextMethods::expandTabs);
        Search.register(METHODS);
        Padding.register(METHODS);
    }

    private TextMethods() {}

    static @Nullable Object find(String self, String name) {
        var method = METHODS.get(name);
        return method == null
                ? Arguments.ABSENT
                : (Invocable) (r, arguments) -> {
                    r.work(self.length());
                    return method.call(r, self, arguments);
                };
    }

    private static void plain(String name, UnaryOperator<String> change) {
        METHODS.put(name, (r, s, a) -> {
            a.bind(name, 0);
            return r.allocated(change.apply(s));
        });
    }

    private static void cases() {
        plain("upper", Text::upper);
        plain("lower", Text::lower);
        plain("casefold", s -> Text.lower(Text.upper(s)));
        plain("title", Text::title);
        plain("capitalize", Text::capitalize);
        plain("swapcase", Text::swapCase);
    }

    private static void every(String name, boolean ofEmpty, IntPredicate test) {
        METHODS.put(name, (r, s, a) -> {
            a.bind(name, 0);
            return s.isEmpty() ? ofEmpty : s.codePoints().allMatch(test);
        });
    }

    private static void classes() {
        every("isalpha", false, Character::isLetter);
        every("isdigit", false, c -> Character.isDigit(c) || "²³¹".indexOf(c) >= 0);
        every("isdecimal", false, Character::isDigit);
        every("isnumeric", false, TextMethods::isNumeric);
        every("isalnum", false, c -> Character.isLetter(c) || isNumeric(c));
        every("isspace", false, Text::isSpace);
        every("isascii", true, c -> c < 0x80);
        every("isprintable", true, Representation::isPrintable);
        METHODS.put(
                "isidentifier",
                (r, s, a) -> !s.isEmpty()
                        && (s.codePointAt(0) == '_' || Character.isUnicodeIdentifierStart(s.codePointAt(0)))
                        && s.codePoints().allMatch(Character::isUnicodeIdentifierPart));
        METHODS.put(
                "isupper",
                (r, s, a) -> s.codePoints().anyMatch(Character::isUpperCase)
                        && s.codePoints().noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c)));
        METHODS.put(
                "islower",
                (r, s, a) -> s.codePoints().anyMatch(Character::isLowerCase)
                        && s.codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c)));
        METHODS.put("istitle", (r, s, a) -> s.codePoints().anyMatch(Text::isCased) && s.equals(Text.title(s)));
    }

    private static boolean isNumeric(int c) {
        var type = Character.getType(c);
        return type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER;
    }

    private static void edges() {
        METHODS.put("strip", (r, s, a) -> strip("strip", s, a, true, true));
        METHODS.put("lstrip", (r, s, a) -> strip("lstrip", s, a, true, false));
        METHODS.put("rstrip", (r, s, a) -> strip("rstrip", s, a, false, true));
        METHODS.put("removeprefix", (r, s, a) -> {
            var prefix = Arguments.text(a.bind("removeprefix", 1, "prefix")[0], "");
            return s.startsWith(prefix) ? s.substring(prefix.length()) : s;
        });
        METHODS.put("removesuffix", (r, s, a) -> {
            var suffix = Arguments.text(a.bind("removesuffix", 1, "suffix")[0], "");
            return s.endsWith(suffix) ? s.substring(0, s.length() - suffix.length()) : s;
        });
    }

    private static Object strip(String name, String self, Arguments arguments, boolean left, boolean right) {
        arguments.refuseKeywords("str." + name);
        var chars = Arguments.or(arguments.bind(name, 0, "chars")[0], null);
        Undefined.refuse(chars);
        if (chars != null && !(chars instanceof String)) {
            throw TemplateFailure.type(name + " arg must be None or str");
        }
        return Text.strip(self, (String) chars, left, right);
    }

    private static Object split(Rendering r, String self, Arguments arguments, boolean fromEnd) {
        var bound = arguments.bind("split", 0, "sep", "maxsplit");
        var limit = Arguments.integer(bound[1], -1);
        var separator = Arguments.or(bound[0], null);
        List<@Nullable Object> parts;
        if (separator == null) {
            parts = fromEnd ? Text.splitSpaceFromEnd(self, limit) : Text.splitSpace(self, limit);
        } else {
            var by = Arguments.text(separator, "");
            if (by.isEmpty()) {
                throw TemplateFailure.value("empty separator");
            }
            parts = fromEnd && limit >= 0 ? Text.splitFromEnd(self, by, limit) : Text.split(self, by, limit);
        }
        r.allocate(self.length() + parts.size());
        return parts;
    }

    private static Object splitLines(Rendering r, String self, Arguments arguments) {
        var keep = Arguments.truth(arguments.bind("splitlines", 0, "keepends")[0], false);
        r.allocate(self.length());
        return Text.lines(self, keep);
    }

    private static Object partition(Rendering r, String self, Arguments arguments, boolean last) {
        var separator = Arguments.text(arguments.bind("partition", 1, "sep")[0], "");
        if (separator.isEmpty()) {
            throw TemplateFailure.value("empty separator");
        }
        r.allocate(self.length());
        var at = last ? Text.findLast(self, separator, self.length()) : Text.find(self, separator, 0);
        if (at < 0) {
            return last ? Tuple.of("", "", self) : Tuple.of(self, "", "");
        }
        return Tuple.of(self.substring(0, at), separator, self.substring(at + separator.length()));
    }

    private static Object join(Rendering r, String self, Arguments arguments) {
        var elements = Sequences.iterator(r, arguments.bind("join", 1, "iterable")[0]);
        var joined = new StringBuilder();
        for (int i = 0; elements.hasNext(); i++) {
            var element = Markup.plain(elements.next());
            if (!(element instanceof String text)) {
                throw TemplateFailure.type(
                        "sequence item " + i + ": expected str instance, " + Types.name(element) + " found");
            }
            r.grow(joined, (long) text.length() + self.length());
            joined.append(i == 0 ? "" : self).append(text);
        }
        return joined.toString();
    }

    private static Object replace(Rendering r, String self, Arguments arguments) {
        arguments.refuseKeywords("str.replace");
        var bound = arguments.bind("replace", 2, "old", "new", "count");
        return replace(
                r, self, Arguments.text(bound[0], ""), Arguments.text(bound[1], ""), Arguments.integer(bound[2], -1));
    }

    static String replace(Rendering r, String self, String old, String with, int count) {
        var replaced = new StringBuilder();
        var at = 0;
        for (int i = 0; count < 0 || i < count; i++) {
            var next = old.isEmpty() && i == 0 ? 0 : old.isEmpty() ? afterOne(self, at) : Text.find(self, old, at);
            if (next < 0) {
                break;
            }
            r.grow(replaced, (long) next - at + with.length());
            replaced.append(self, at, next).append(with);
            at = next + old.length();
        }
        r.grow(replaced, (long) self.length() - at);
        return at == 0 && replaced.isEmpty()
                ? self
                : replaced.append(self, at, self.length()).toString();
    }

    private static int afterOne(String text, int at) {
        return at >= text.length() ? -1 : text.offsetByCodePoints(at, 1);
    }

    private static Object formatMap(Rendering r, String self, Arguments arguments) {
        if (!(arguments.bind("format_map", 1, "mapping")[0] instanceof Map<?, ?> dict)) {
            throw TemplateFailure.type("format_map() needs a mapping");
        }
        var names = dict.keySet().stream().map(String::valueOf).toList();
        var values = new java.util.ArrayList<@Nullable Object>(dict.values());
        return r.allocated(BraceFormat.format(r, self, new Arguments(List.of(), names, values)));
    }

    private static Object expandTabs(Rendering r, String self, Arguments arguments) {
        var size = Arguments.integer(arguments.bind("expandtabs", 0, "tabsize")[0], 8);
        var expanded = new StringBuilder();
        var column = 0;
        for (int i = 0; i < self.length(); i++) {
            var c = self.charAt(i);
            if (c == '\t') {
                var spaces = size > 0 ? size - column % size : 0;
                r.allocate(spaces);
                expanded.repeat(' ', spaces);
                column += spaces;
            } else {
                expanded.append(c);
                column = c == '\n' || c == '\r' ? 0 : Character.isLowSurrogate(c) ? column : column + 1;
            }
        }
        return r.allocated(expanded.toString());
    }
}
