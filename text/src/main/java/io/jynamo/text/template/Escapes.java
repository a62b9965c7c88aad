package io.jynamo.text.template;

/** Python's escapes inside a string literal. */
final class Escapes {
    private Escapes() {}

    static String unescape(String body, int line) {
        if (body.indexOf('\\') < 0) {
            return body;
        }
        var out = new StringBuilder(body.length());
        var at = 0;
        while (at < body.length()) {
            var c = body.charAt(at++);
            if (c != '\\' || at == body.length()) {
                out.append(c);
                continue;
            }
            at = escape(body, at, out, line);
        }
        return out.toString();
    }

    private static int escape(String body, int at, StringBuilder out, int line) {
        var c = body.charAt(at);
        var simple = "abfnrtv\\'\"".indexOf(c);
        if (simple >= 0) {
            out.append("\u0007\b\f\n\r\t\u000b\\'\"".charAt(simple));
            return at + 1;
        }
        return switch (c) {
            case '\n' -> at + 1;
            case 'x' -> hex(body, at + 1, 2, out, line);
            case 'u' -> hex(body, at + 1, 4, out, line);
            case 'U' -> hex(body, at + 1, 8, out, line);
            case 'N' -> named(body, at + 1, out, line);
            case '0', '1', '2', '3', '4', '5', '6', '7' -> octal(body, at, out);
            default -> {
                out.append('\\');
                yield unknown(body, at, out);
            }
        };
    }

    /** Python escapes what is not ASCII first, so a backslash before such a character leaves its number. */
    private static int unknown(String body, int at, StringBuilder out) {
        var c = body.codePointAt(at);
        if (c < 0x80) {
            out.append((char) c);
        } else if (c < 0x100) {
            out.append(String.format("x%02x", c));
        } else if (c < 0x10000) {
            out.append(String.format("u%04x", c));
        } else {
            out.append(String.format("U%08x", c));
        }
        return at + Character.charCount(c);
    }

    private static int hex(String body, int from, int digits, StringBuilder out, int line) {
        var value = 0L;
        for (int i = from; i < from + digits; i++) {
            var digit = i < body.length() && body.charAt(i) < 0x80 ? Character.digit(body.charAt(i), 16) : -1;
            if (digit < 0) {
                throw Lexer.invalid(line, "truncated escape of a character in a string");
            }
            value = value * 16 + digit;
        }
        if (value > Character.MAX_CODE_POINT) {
            throw Lexer.invalid(line, "illegal Unicode character");
        }
        out.appendCodePoint((int) value);
        return from + digits;
    }

    private static int octal(String body, int from, StringBuilder out) {
        var value = 0;
        var at = from;
        while (at < body.length() && at < from + 3 && body.charAt(at) >= '0' && body.charAt(at) <= '7') {
            value = value * 8 + body.charAt(at++) - '0';
        }
        out.append((char) value);
        return at;
    }

    private static int named(String body, int from, StringBuilder out, int line) {
        var close = body.indexOf('}', from);
        if (from >= body.length() || body.charAt(from) != '{' || close < 0) {
            throw Lexer.invalid(line, "malformed \\N character escape");
        }
        try {
            out.appendCodePoint(Character.codePointOf(body.substring(from + 1, close)));
        } catch (IllegalArgumentException _) {
            throw Lexer.invalid(line, "unknown Unicode character name");
        }
        return close + 1;
    }
}
