package io.jynamo.text.grammar.syntax;

import io.jynamo.text.grammar.automaton.CodePoints;
import io.jynamo.text.grammar.automaton.Encoding;
import io.jynamo.text.grammar.automaton.Expression;
import io.jynamo.text.grammar.automaton.Refusal;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads regular expressions. Classes such as {@code \d} and {@code \w} are those of ASCII. Lazy quantifiers are taken as greedy ones, which
 * match the same texts. Lookaround, backreferences, word boundaries, possessive and atomic groups are refused by name.
 */
public final class RegularExpression {
    private static final int MAX_LENGTH = 1 << 14;
    private static final int MAX_DEPTH = 100;
    private static final int MAX_COUNT = 100_000;

    /** Whose rules hold where they differ. */
    public enum Dialect {
        PYTHON,
        ECMASCRIPT
    }

    private final Dialect dialect;
    private final Cursor in;
    private final CharacterClasses classes;
    private boolean ignoreCase;
    private boolean dotAll;
    private int depth;

    private RegularExpression(String text, Dialect dialect) {
        this.dialect = dialect;
        this.in = new Cursor(text, "regular expression");
        this.classes = new CharacterClasses(in, dialect);
    }

    /** The texts that match as a whole, in UTF-8: Python's {@code re.fullmatch}. */
    public static Expression fullMatch(String regex) {
        return Pattern.texts(parse(regex, Dialect.PYTHON), Pattern.Around.NOTHING, Encoding.UTF_8);
    }

    /** The texts within which the pattern is found, each character written as {@code encoding} says: ECMAScript's {@code test}. */
    public static Expression search(String regex, Encoding encoding) {
        return Pattern.texts(parse(regex, Dialect.ECMASCRIPT), new Pattern.Around(true, true), encoding);
    }

    static Pattern parse(String regex, Dialect dialect) {
        if (regex.length() > MAX_LENGTH) {
            throw Refusal.invalid("the regular expression is longer than " + MAX_LENGTH + " characters");
        }
        var parser = new RegularExpression(regex, dialect);
        var pattern = parser.choice();
        if (!parser.in.atEnd()) {
            throw parser.in.invalid("unbalanced ')'");
        }
        return pattern;
    }

    private Pattern choice() {
        if (++depth > MAX_DEPTH) {
            throw in.invalid("groups nest deeper than " + MAX_DEPTH);
        }
        var options = new ArrayList<Pattern>();
        do {
            options.add(sequence());
        } while (in.take('|'));
        depth--;
        return options.size() == 1 ? options.getFirst() : new Pattern.Choice(options);
    }

    private Pattern sequence() {
        var parts = new ArrayList<Pattern>();
        while (!in.atEnd() && in.peek() != '|' && in.peek() != ')') {
            parts.add(quantified(atom()));
        }
        return parts.size() == 1 ? parts.getFirst() : new Pattern.Sequence(parts);
    }

    private Pattern quantified(Pattern atom) {
        Pattern result = atom;
        int min;
        int max;
        if (in.take('*')) {
            min = 0;
            max = Expression.UNBOUNDED;
        } else if (in.take('+')) {
            min = 1;
            max = Expression.UNBOUNDED;
        } else if (in.take('?')) {
            min = 0;
            max = 1;
        } else {
            var counts = counts();
            if (counts.isEmpty()) {
                return result;
            }
            min = counts.get(0);
            max = counts.get(1);
        }
        result = new Pattern.Repeat(atom, min, max);
        if (in.take('+')) {
            throw in.unsupported("possessive quantifier");
        }
        in.take('?');
        if (!in.atEnd() && "*+?".indexOf(in.peek()) >= 0) {
            throw in.invalid("multiple repeat");
        }
        return result;
    }

    /** A quantifier in braces as its two counts, or nothing where the brace is an ordinary character. */
    private List<Integer> counts() {
        int start = in.position();
        if (!in.take('{')) {
            return List.of();
        }
        int min = in.number(MAX_COUNT);
        int max = min;
        if (in.take(',')) {
            max = in.number(MAX_COUNT);
            if (max < 0) {
                max = min < 0 && dialect == Dialect.ECMASCRIPT ? -2 : Expression.UNBOUNDED;
            }
            min = min < 0 && max >= 0 ? 0 : min;
        }
        if (!in.take('}') || min < 0 || max == -2) {
            in.back(start);
            return List.of();
        }
        if (max != Expression.UNBOUNDED && max < min) {
            throw in.invalid("numbers out of order in {} quantifier");
        }
        return List.of(min, max);
    }

    private Pattern atom() {
        int c = in.next();
        return switch (c) {
            case '(' -> group();
            case '[' -> characters(classes.set(ignoreCase));
            case '.' -> new Pattern.Characters(dotAll ? CodePoints.ALL : classes.dot());
            case '^' -> new Pattern.Anchor(true);
            case '$' -> new Pattern.Anchor(false);
            case '*', '+', '?' -> throw in.invalid("nothing to repeat");
            case '\\' -> escape();
            case '{' -> {
                in.back(in.position() - 1);
                if (!counts().isEmpty()) {
                    throw in.invalid("nothing to repeat");
                }
                in.next();
                yield characters(CodePoints.of('{'));
            }
            default -> characters(CodePoints.of(c));
        };
    }

    private Pattern escape() {
        int c = in.peek();
        switch (c) {
            case 'b', 'B' -> throw in.unsupported("word boundary \\" + (char) c);
            case 'A', 'Z', 'z' -> {
                if (dialect == Dialect.PYTHON) {
                    in.next();
                    return new Pattern.Anchor(c == 'A');
                }
            }
            case 'k', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> throw in.unsupported("backreference");
            default -> {}
        }
        return characters(classes.escape());
    }

    private Pattern characters(CodePoints points) {
        return new Pattern.Characters(ignoreCase ? points.ignoringCase() : points);
    }

    private Pattern group() {
        boolean outerCase = ignoreCase;
        boolean outerDot = dotAll;
        if (in.take('?')) {
            if (in.take("<=") || in.take("<!")) {
                throw in.unsupported("lookbehind");
            } else if (in.take("P<") || in.take('<')) {
                in.skipPast('>');
            } else if (in.take("P=")) {
                throw in.unsupported("backreference");
            } else if (in.take('=') || in.take('!')) {
                throw in.unsupported("lookahead");
            } else if (in.take('>')) {
                throw in.unsupported("atomic group");
            } else if (in.take('(')) {
                throw in.unsupported("conditional group");
            } else if (in.take('#')) {
                in.skipPast(')');
                return new Pattern.Sequence(List.of());
            } else if (!in.take(':') && flags()) {
                return new Pattern.Sequence(List.of());
            }
        }
        var body = choice();
        if (!in.take(')')) {
            throw in.invalid("missing ')'");
        }
        ignoreCase = outerCase;
        dotAll = outerDot;
        return body;
    }

    /** Reads flags; true where they hold for the rest of the enclosing group, false where a group with them follows. */
    private boolean flags() {
        boolean on = true;
        while (true) {
            int flag = in.next();
            switch (flag) {
                case 'i' -> ignoreCase = on;
                case 's' -> dotAll = on;
                case 'a', 'u' -> {}
                case '-' -> on = false;
                case ':' -> {
                    return false;
                }
                case ')' -> {
                    return true;
                }
                default -> throw in.unsupported("flag or group '(?" + Character.toString(flag) + "'");
            }
        }
    }
}
