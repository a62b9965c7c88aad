package io.jynamo.text.grammar.syntax;

import io.jynamo.text.grammar.automaton.CodePoints;
import io.jynamo.text.grammar.syntax.RegularExpression.Dialect;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Reads sets of characters: what stands in brackets, and escapes. */
final class CharacterClasses {
    private static final CodePoints DIGIT = CodePoints.of('0', '9');
    private static final CodePoints WORD =
            CodePoints.of('a', 'z').union(CodePoints.of('A', 'Z')).union(DIGIT).union(CodePoints.of('_'));
    private static final CodePoints ASCII_SPACE = CodePoints.of(" \t\n\r\f\u000B");
    private static final CodePoints ECMA_SPACE = ASCII_SPACE
            .union(CodePoints.of("\u00A0\u1680\u2028\u2029\u202F\u205F\u3000\uFEFF"))
            .union(CodePoints.of(0x2000, 0x200A));

    /** Of ranges in all sets of one source together. */
    private static final int MAX_RANGES = 200_000;

    private static final Map<String, CodePoints> PROPERTIES = new ConcurrentHashMap<>();

    private final Cursor in;
    private final Dialect dialect;
    private int ranges;

    CharacterClasses(Cursor in, Dialect dialect) {
        this.in = in;
        this.dialect = dialect;
    }

    CodePoints dot() {
        return CodePoints.of(dialect == Dialect.PYTHON ? "\n" : "\n\r\u2028\u2029")
                .complement();
    }

    /** A set after its opening bracket. Where case is to be ignored it is so before the set is negated. */
    CodePoints set(boolean ignoreCase) {
        boolean negated = in.take('^');
        var points = CodePoints.NONE;
        boolean first = true;
        while ((first && dialect == Dialect.PYTHON && in.peek() == ']') || !in.take(']')) {
            if (in.atEnd()) {
                throw in.invalid("missing ']'");
            }
            first = false;
            var low = member();
            if (in.looksAt("-") && !in.looksAt("-]")) {
                in.next();
                var high = member();
                points = points.union(range(low, high));
            } else {
                points = points.union(low);
            }
        }
        points = ignoreCase ? points.ignoringCase() : points;
        return spent(negated ? points.complement() : points);
    }

    private CodePoints spent(CodePoints points) {
        ranges += points.ranges();
        if (ranges > MAX_RANGES) {
            throw in.invalid("its character classes have more than " + MAX_RANGES + " ranges");
        }
        return points;
    }

    private CodePoints range(CodePoints low, CodePoints high) {
        if (!isOne(low) || !isOne(high)) {
            if (dialect == Dialect.ECMASCRIPT) {
                return low.union(high).union(CodePoints.of('-'));
            }
            throw in.invalid("bad character range");
        }
        if (low.first(0) > high.first(0)) {
            throw in.invalid("bad character range");
        }
        return CodePoints.of(low.first(0), high.first(0));
    }

    private static boolean isOne(CodePoints points) {
        return points.ranges() == 1 && points.first(0) == points.last(0);
    }

    private CodePoints member() {
        int c = in.next();
        if (c != '\\') {
            return CodePoints.of(c);
        }
        if (in.take('b')) {
            return CodePoints.of('\b');
        }
        return escape();
    }

    /** What follows a backslash, as a set. */
    CodePoints escape() {
        int c = in.next();
        return switch (c) {
            case 'd' -> DIGIT;
            case 'D' -> DIGIT.complement();
            case 'w' -> WORD;
            case 'W' -> WORD.complement();
            case 's' -> space();
            case 'S' -> space().complement();
            case 'n' -> CodePoints.of('\n');
            case 't' -> CodePoints.of('\t');
            case 'r' -> CodePoints.of('\r');
            case 'f' -> CodePoints.of('\f');
            case 'v' -> CodePoints.of(0x0B);
            case 'a' -> CodePoints.of(dialect == Dialect.PYTHON ? 0x07 : 'a');
            case '0' -> CodePoints.of(0);
            case 'x' -> CodePoints.of(in.hex(2));
            case 'u' -> unicode();
            case 'U' -> CodePoints.of(in.hex(8));
            case 'c' -> CodePoints.of(in.next() & 31);
            case 'p' -> spent(property());
            case 'P' -> spent(property().complement());
            default -> {
                if (Character.isLetterOrDigit(c)) {
                    throw in.unsupported("escape \\" + Character.toString(c));
                }
                yield CodePoints.of(c);
            }
        };
    }

    private CodePoints space() {
        return dialect == Dialect.PYTHON ? ASCII_SPACE : ECMA_SPACE;
    }

    private CodePoints unicode() {
        if (in.take('{')) {
            int value = Integer.parseInt("0" + hexDigits(in.skipPast('}')), 16);
            return CodePoints.of(Math.min(value, Character.MAX_CODE_POINT));
        }
        int unit = in.hex(4);
        if (Character.isHighSurrogate((char) unit) && in.take("\\u")) {
            int low = in.hex(4);
            return CodePoints.of(Character.toCodePoint((char) unit, (char) low));
        }
        return CodePoints.of(unit);
    }

    private String hexDigits(String digits) {
        if (digits.isEmpty() || digits.length() > 6 || !digits.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
            throw in.invalid("\\u{" + digits + "} is no code point");
        }
        return digits;
    }

    /** A general category, by its short or long name: {@code \p{L}}, {@code \p{Lu}}, {@code \p{Letter}}; or a script. */
    private CodePoints property() {
        if (!in.take('{')) {
            throw in.invalid("\\p needs a name in braces");
        }
        String name = in.skipPast('}');
        String value = name.substring(name.indexOf('=') + 1);
        String key = name.contains("=") ? name.substring(0, name.indexOf('=')) : "";
        if (key.equals("Script") || key.equals("sc") || key.equals("Script_Extensions") || key.equals("scx")) {
            try {
                var script = Character.UnicodeScript.forName(value);
                return PROPERTIES.computeIfAbsent(
                        "script " + script, _ -> CodePoints.matching(c -> Character.UnicodeScript.of(c) == script));
            } catch (IllegalArgumentException e) {
                throw in.unsupported("property " + name);
            }
        }
        String category = GeneralCategories.shortName(value.toLowerCase(Locale.ROOT));
        if (category.isEmpty() || !(key.isEmpty() || key.equals("General_Category") || key.equals("gc"))) {
            throw in.unsupported("property " + name);
        }
        return PROPERTIES.computeIfAbsent(
                category, _ -> CodePoints.matching(c -> GeneralCategories.of(c).startsWith(category)));
    }
}
