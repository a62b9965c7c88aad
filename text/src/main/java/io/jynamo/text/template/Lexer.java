package io.jynamo.text.template;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Cuts template source into tokens as jinja2 does with trim_blocks and lstrip_blocks: one newline after a block or comment
 * goes, and so does blank space before one that starts its line.
 */
final class Lexer {
    private static final String SPACE =
            "[\\s\\x0b\\x1c-\\x1f\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]*+";
    private static final Pattern RAW =
            Pattern.compile("\\{%[-+]?" + SPACE + "raw" + SPACE + "(?:-%\\}" + SPACE + "|%\\})");
    private static final Pattern END_RAW =
            Pattern.compile("\\{%([-+]?)" + SPACE + "endraw" + SPACE + "(?:\\+%\\}|-%\\}" + SPACE + "|%\\}\\n?)");
    private static final Pattern FLOAT =
            Pattern.compile("(?:\\d+_)*+\\d+(?:(?:\\.(?:\\d+_)*+\\d+)?[eE][+-]?(?:\\d+_)*+\\d+|\\.(?:\\d+_)*+\\d+)");
    private static final Pattern INTEGER = Pattern.compile(
            "0[bB](?:_?[01])++|0[oO](?:_?[0-7])++|0[xX](?:_?[\\da-fA-F])++|[1-9](?:_?\\d)*+|0(?:_?0)*+");
    private static final String[] LONG_OPERATORS = {"//", "**", "==", "!=", ">=", "<="};
    private static final String OPERATORS = "+-/*%~[](){}><=.:|,;";

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private final Deque<Character> brackets = new ArrayDeque<>();
    private int at;
    private int line = 1;
    private int counted;
    private boolean lineStarting = true;

    Lexer(String source) {
        var unified =
                source.indexOf('\r') < 0 ? source : source.replace("\r\n", "\n").replace('\r', '\n');
        this.source = unified.endsWith("\n") ? unified.substring(0, unified.length() - 1) : unified;
    }

    static JynamoException invalid(int line, String message) {
        return new JynamoException(
                ErrorCode.TEMPLATE_INVALID, "The chat template does not parse, line " + line + ": " + message);
    }

    List<Token> tokens() {
        while (at < source.length()) {
            data();
        }
        add(Token.Kind.END, "", null);
        return tokens;
    }

    private void add(Token.Kind kind, String text, @Nullable Object number) {
        tokens.add(new Token(kind, text, number, line));
    }

    /** Moves on, counting the lines passed. */
    private void moveTo(int position) {
        for (; counted < position; counted++) {
            if (source.charAt(counted) == '\n') {
                line++;
            }
        }
        at = position;
        lineStarting = position > 0 && source.charAt(position - 1) == '\n';
    }

    private void data() {
        var tag = nextTag(at);
        if (tag < 0) {
            add(Token.Kind.DATA, source.substring(at), null);
            moveTo(source.length());
            return;
        }
        var raw = RAW.matcher(source).region(tag, source.length());
        var kind = source.charAt(tag + 1);
        var isRaw = kind == '%' && raw.lookingAt();
        var sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
        emitBefore(tag, sign, kind != '{');
        if (isRaw) {
            moveTo(raw.end());
            raw();
            return;
        }
        moveTo(tag + (sign == '-' || sign == '+' ? 3 : 2));
        if (kind == '#') {
            comment();
        } else {
            code(kind == '%');
        }
    }

    private int nextTag(int from) {
        for (int i = source.indexOf('{', from); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            var next = source.charAt(i + 1);
            if (next == '{' || next == '%' || next == '#') {
                return i;
            }
        }
        return -1;
    }

    private void emitBefore(int tag, char sign, boolean stripsLine) {
        var end = tag;
        if (sign == '-') {
            while (end > at && Text.isSpace(source.charAt(end - 1))) {
                end--;
            }
        } else if (sign != '+' && stripsLine) {
            var lineStart = lineStart(tag);
            if ((lineStart > at || lineStarting) && isBlank(lineStart, tag)) {
                end = lineStart;
            }
        }
        if (end > at) {
            add(Token.Kind.DATA, source.substring(at, end), null);
        }
        moveTo(tag);
    }

    /** Where the line of {@code tag} starts, or the unread text if that is later. */
    private int lineStart(int tag) {
        var start = tag;
        while (start > at && source.charAt(start - 1) != '\n') {
            start--;
        }
        return start;
    }

    private boolean isBlank(int from, int to) {
        for (int i = from; i < to; i++) {
            if (!Text.isSpace(source.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private void raw() {
        Matcher end = END_RAW.matcher(source);
        if (!end.find(at)) {
            throw invalid(line, "Missing end of raw directive");
        }
        var sign = end.group(1);
        emitBefore(end.start(), sign.isEmpty() ? ' ' : sign.charAt(0), true);
        moveTo(end.end());
    }

    private void comment() {
        var end = source.indexOf("#}", at);
        if (end < 0) {
            throw invalid(line, "Missing end of comment tag");
        }
        var sign = end > at ? source.charAt(end - 1) : ' ';
        moveTo(end + 2);
        closeTag(sign, true);
    }

    private void closeTag(char sign, boolean trimsNewline) {
        var next = at;
        if (sign == '-') {
            while (next < source.length() && Text.isSpace(source.charAt(next))) {
                next++;
            }
        } else if (sign != '+' && trimsNewline && next < source.length() && source.charAt(next) == '\n') {
            next++;
        }
        moveTo(next);
    }

    private void code(boolean block) {
        add(block ? Token.Kind.BLOCK_BEGIN : Token.Kind.VARIABLE_BEGIN, "", null);
        brackets.clear();
        while (at < source.length()) {
            var c = source.charAt(at);
            if (Text.isSpace(c)) {
                moveTo(at + 1);
            } else if (brackets.isEmpty() && closes(block)) {
                return;
            } else if (c == '\'' || c == '"') {
                string(c);
            } else if (c >= '0' && c <= '9') {
                number();
            } else if (isWordPart(source.codePointAt(at))) {
                name();
            } else {
                operator(c);
            }
        }
    }

    private boolean closes(boolean block) {
        var close = block ? "%}" : "}}";
        var c = source.charAt(at);
        var signed = c == '-' || (block && c == '+');
        if (!source.startsWith(close, signed ? at + 1 : at)) {
            return false;
        }
        add(block ? Token.Kind.BLOCK_END : Token.Kind.VARIABLE_END, "", null);
        moveTo(at + (signed ? 3 : 2));
        closeTag(signed ? c : ' ', block);
        return true;
    }

    private void string(char quote) {
        var end = at + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw invalid(line, "unexpected char " + Representation.of(String.valueOf(quote)) + " at " + at);
        }
        add(Token.Kind.STRING, Escapes.unescape(source.substring(at + 1, end), line), null);
        moveTo(end + 1);
    }

    private void number() {
        var matcher = FLOAT.matcher(source).region(at, source.length());
        var afterDot = at > 0 && source.charAt(at - 1) == '.';
        if (!afterDot && matcher.lookingAt()) {
            add(
                    Token.Kind.FLOAT,
                    matcher.group(),
                    Double.valueOf(matcher.group().replace("_", "")));
            moveTo(matcher.end());
            return;
        }
        matcher.usePattern(INTEGER);
        if (!matcher.lookingAt()) {
            throw invalid(line, "unexpected char " + Representation.of(source.substring(at, at + 1)) + " at " + at);
        }
        var text = matcher.group();
        add(Token.Kind.INTEGER, text, integer(text.replace("_", "")));
        moveTo(matcher.end());
    }

    private Object integer(String digits) {
        if (digits.length() > 4300) {
            throw invalid(line, "Exceeds the limit (4300 digits) for integer string conversion");
        }
        var radix = digits.length() < 2 ? 'd' : Character.toLowerCase(digits.charAt(1));
        return Numbers.canonical(
                switch (radix) {
                    case 'x' -> new BigInteger(digits.substring(2), 16);
                    case 'o' -> new BigInteger(digits.substring(2), 8);
                    case 'b' -> new BigInteger(digits.substring(2), 2);
                    default -> new BigInteger(digits);
                });
    }

    private static boolean isWordPart(int c) {
        return c == '_' || Character.isLetterOrDigit(c);
    }

    private void name() {
        var end = at;
        while (end < source.length() && isWordPart(source.codePointAt(end))) {
            end += Character.charCount(source.codePointAt(end));
        }
        var first = source.codePointAt(at);
        if (first != '_' && !Character.isUnicodeIdentifierStart(first)) {
            throw invalid(line, "Invalid character in identifier");
        }
        add(Token.Kind.NAME, source.substring(at, end), null);
        moveTo(end);
    }

    private void operator(char c) {
        for (var operator : LONG_OPERATORS) {
            if (source.startsWith(operator, at)) {
                add(Token.Kind.OPERATOR, operator, null);
                moveTo(at + 2);
                return;
            }
        }
        if (OPERATORS.indexOf(c) < 0) {
            var shown = Character.toString(source.codePointAt(at));
            throw invalid(line, "unexpected char " + Representation.of(shown) + " at " + at);
        }
        balance(c);
        add(Token.Kind.OPERATOR, String.valueOf(c), null);
        moveTo(at + 1);
    }

    private void balance(char c) {
        switch (c) {
            case '{' -> brackets.push('}');
            case '(' -> brackets.push(')');
            case '[' -> brackets.push(']');
            case '}', ')', ']' -> {
                if (brackets.isEmpty()) {
                    throw invalid(line, "unexpected '" + c + "'");
                }
                var expected = brackets.pop();
                if (expected != c) {
                    throw invalid(line, "unexpected '" + c + "', expected '" + expected + "'");
                }
            }
            default -> {}
        }
    }
}
