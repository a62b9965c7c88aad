package io.jynamo.text.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Python's strings over Java's: positions count code points. */
final class Text {
    /** Needles longer than this are searched for in linear time, whatever they hold. */
    private static final int LONG_NEEDLE = 64;

    private Text() {}

    static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** The index among chars of a code point's index, which may be the length. */
    static int offset(String text, int codePoint) {
        return isFlat(text) ? codePoint : text.offsetByCodePoints(0, codePoint);
    }

    private static boolean isFlat(String text) {
        return length(text) == text.length();
    }

    static boolean isSpace(int c) {
        return switch (c) {
            case ' ', '\t', '\n', 0x0b, '\f', '\r', 0x1c, 0x1d, 0x1e, 0x1f, 0x85, 0xa0, 0x1680 -> true;
            case 0x2028, 0x2029, 0x202f, 0x205f, 0x3000 -> true;
            default -> c >= 0x2000 && c <= 0x200a;
        };
    }

    static boolean isLineEnd(int c) {
        return (c >= '\n' && c <= '\r') || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    /** Orders by code points. */
    static int compare(String a, String b) {
        var shorter = Math.min(a.length(), b.length());
        for (int i = 0; i < shorter; i++) {
            var x = a.charAt(i);
            var y = b.charAt(i);
            if (x != y) {
                var bothSurrogates = Character.isSurrogate(x) == Character.isSurrogate(y);
                return bothSurrogates
                        ? Character.compare(x, y)
                        : Character.isSurrogate(x) && y < 0xd800
                                ? 1
                                : Character.isSurrogate(y) && x < 0xd800 ? -1 : Character.isSurrogate(x) ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    /** indexOf in time linear in both. */
    static int find(String text, String part, int from) {
        if (part.length() <= LONG_NEEDLE) {
            return text.indexOf(part, from);
        }
        var borders = new int[part.length()];
        for (int i = 1, k = 0; i < part.length(); i++) {
            while (k > 0 && part.charAt(i) != part.charAt(k)) {
                k = borders[k - 1];
            }
            borders[i] = part.charAt(i) == part.charAt(k) ? ++k : k;
        }
        for (int i = Math.max(from, 0), k = 0; i < text.length(); i++) {
            while (k > 0 && text.charAt(i) != part.charAt(k)) {
                k = borders[k - 1];
            }
            if (text.charAt(i) == part.charAt(k) && ++k == part.length()) {
                return i - k + 1;
            }
        }
        return -1;
    }

    /** lastIndexOf in time linear in both; the match lies before {@code end}. */
    static int findLast(String text, String part, int end) {
        if (part.length() <= LONG_NEEDLE) {
            return text.lastIndexOf(part, end - part.length());
        }
        var reversed = find(reverseChars(text.substring(0, end)), reverseChars(part), 0);
        return reversed < 0 ? -1 : end - reversed - part.length();
    }

    private static String reverseChars(String text) {
        var chars = text.toCharArray();
        for (int i = 0, j = chars.length - 1; i < j; i++, j--) {
            var c = chars[i];
            chars[i] = chars[j];
            chars[j] = c;
        }
        return new String(chars);
    }

    static String strip(String text, @Nullable String chars, boolean left, boolean right) {
        var start = 0;
        var end = text.length();
        while (left && start < end && stripped(text.codePointAt(start), chars)) {
            start += Character.charCount(text.codePointAt(start));
        }
        while (right && end > start && stripped(text.codePointBefore(end), chars)) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(start, end);
    }

    private static boolean stripped(int c, @Nullable String chars) {
        return chars == null ? isSpace(c) : chars.indexOf(c) >= 0;
    }

    static String at(String text, int codePoint) {
        return Character.toString(text.codePointAt(offset(text, codePoint)));
    }

    static String reverse(String text) {
        return new StringBuilder(text).reverse().toString();
    }

    static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    static String titleOf(int c) {
        var title = Character.toTitleCase(c);
        if (title != c) {
            return Character.toString(title);
        }
        var upper = upper(Character.toString(c));
        var first = upper.offsetByCodePoints(0, 1);
        return first == upper.length() ? upper : upper.substring(0, first) + lower(upper.substring(first));
    }

    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        var rest = text.offsetByCodePoints(0, 1);
        return titleOf(text.codePointAt(0))
                + lower(text).substring(lower(text.substring(0, rest)).length());
    }

    static boolean isCased(int c) {
        return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    }

    /** str.title(): a capital after whatever is no letter with case. */
    static String title(String text) {
        var lowered = new StringBuilder(text.length());
        var inWord = false;
        for (int i = 0; i < text.length(); ) {
            var c = text.codePointAt(i);
            var next = i + Character.charCount(c);
            if (!inWord) {
                lowered.append(titleOf(c));
            } else {
                lowered.append(lower(Character.toString(c)));
            }
            inWord = isCased(c);
            i = next;
        }
        return lowered.toString();
    }

    static String swapCase(String text) {
        var swapped = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            var letter = Character.toString(c);
            swapped.append(
                    Character.isUpperCase(c) ? lower(letter) : Character.isLowerCase(c) ? upper(letter) : letter);
        });
        return swapped.toString();
    }

    static List<@Nullable Object> splitSpace(String text, int limit) {
        List<@Nullable Object> parts = new ArrayList<>();
        var at = 0;
        while (true) {
            while (at < text.length() && isSpace(text.charAt(at))) {
                at++;
            }
            if (at == text.length()) {
                return parts;
            }
            if (limit >= 0 && parts.size() == limit) {
                parts.add(strip(text.substring(at), null, false, true));
                return parts;
            }
            var end = at;
            while (end < text.length() && !isSpace(text.charAt(end))) {
                end++;
            }
            parts.add(text.substring(at, end));
            at = end;
        }
    }

    static List<@Nullable Object> splitSpaceFromEnd(String text, int limit) {
        List<@Nullable Object> parts = new ArrayList<>();
        var end = text.length();
        while (true) {
            while (end > 0 && isSpace(text.charAt(end - 1))) {
                end--;
            }
            if (end == 0) {
                break;
            }
            if (limit >= 0 && parts.size() == limit) {
                parts.add(text.substring(0, end));
                break;
            }
            var start = end;
            while (start > 0 && !isSpace(text.charAt(start - 1))) {
                start--;
            }
            parts.add(text.substring(start, end));
            end = start;
        }
        return parts.reversed();
    }

    static List<@Nullable Object> split(String text, String separator, int limit) {
        List<@Nullable Object> parts = new ArrayList<>();
        var at = 0;
        while (limit < 0 || parts.size() < limit) {
            var next = find(text, separator, at);
            if (next < 0) {
                break;
            }
            parts.add(text.substring(at, next));
            at = next + separator.length();
        }
        parts.add(text.substring(at));
        return parts;
    }

    static List<@Nullable Object> splitFromEnd(String text, String separator, int limit) {
        List<@Nullable Object> parts = new ArrayList<>();
        var end = text.length();
        while (parts.size() < limit) {
            var next = findLast(text, separator, end);
            if (next < 0) {
                break;
            }
            parts.add(text.substring(next + separator.length(), end));
            end = next;
        }
        parts.add(text.substring(0, end));
        return parts.reversed();
    }

    static List<@Nullable Object> lines(String text, boolean keepEnds) {
        List<@Nullable Object> lines = new ArrayList<>();
        var at = 0;
        while (at < text.length()) {
            var end = at;
            while (end < text.length() && !isLineEnd(text.charAt(end))) {
                end++;
            }
            var next = end == text.length() ? end : text.startsWith("\r\n", end) ? end + 2 : end + 1;
            lines.add(text.substring(at, keepEnds ? next : end));
            at = next;
        }
        return lines;
    }
}
