package io.jynamo.text.reply;

import org.jspecify.annotations.Nullable;

/** The words and numbers of literals, as JSON. */
final class LiteralWord {
    private LiteralWord() {}

    /** JSON of a word; null if it is none of Python's, JSON's or, without Python's, Gemma's. */
    static @Nullable String toJson(String word, boolean gemma) {
        return switch (word) {
            case "true", "false", "null" -> word;
            case "True" -> gemma ? null : "true";
            case "False" -> gemma ? null : "false";
            case "None" -> gemma ? null : "null";
            default -> number(word, gemma);
        };
    }

    static boolean isAsciiLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static @Nullable String number(String word, boolean gemma) {
        if (JsonCheck.isJson(word)) {
            return word;
        }
        if (gemma) {
            return null;
        }
        var sign = word.startsWith("-") ? "-" : "";
        var digits = word.startsWith("-") || word.startsWith("+") ? word.substring(1) : word;
        if (isGrouped(digits)) {
            digits = digits.replace("_", "");
        }
        // Python writes .5 and 5. where JSON wants a digit on both sides.
        if (digits.startsWith(".")) {
            digits = "0" + digits;
        }
        var point = digits.indexOf('.');
        if (point >= 0 && (point + 1 == digits.length() || !JsonCheck.isDigit(digits.charAt(point + 1)))) {
            digits = digits.substring(0, point + 1) + "0" + digits.substring(point + 1);
        }
        var json = sign + digits;
        return !digits.isEmpty() && JsonCheck.isDigit(digits.charAt(0)) && JsonCheck.isJson(json) ? json : null;
    }

    /** Whether a text is digits with single underscores between them. */
    private static boolean isGrouped(String text) {
        var before = '_';
        for (int i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c == '_' ? before == '_' : !JsonCheck.isDigit(c)) {
                return false;
            }
            before = c;
        }
        return before != '_';
    }
}
