package io.jynamo.text.template;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** jinja2's tests by name. */
final class TestTable {
    /** A test of the value before {@code is}. */
    @FunctionalInterface
    interface Test {
        boolean holds(Rendering r, @Nullable Object value, Arguments arguments);
    }

    private static final Map<String, Test> TESTS = new HashMap<>();

    static {
        kinds();
        comparisons();
        plain("defined", value -> !(value instanceof Undefined));
        plain("undefined", Undefined.class::isInstance);
        plain("odd", value -> remainder(value, 2L) == 1);
        plain("even", value -> remainder(value, 2L) == 0);
        plain("lower", value -> isCase(value, false));
        plain("upper", value -> isCase(value, true));
        plain("filter", value -> value instanceof String name && FilterTable.find(name) != null);
        plain("test", value -> value instanceof String name && find(name) != null);
        TESTS.put("escaped", (r, v, a) -> v instanceof Markup);
        TESTS.put("divisibleby", (r, v, a) -> remainder(v, a.bind("divisibleby", 1, "num")[0]) == 0);
        TESTS.put("in", (r, v, a) -> Comparison.contains(r, a.bind("in", 1, "seq")[0], v));
        TESTS.put("sameas", (r, v, a) -> isSame(v, a.bind("sameas", 1, "other")[0]));
    }

    private TestTable() {}

    static @Nullable Test find(String name) {
        return TESTS.get(name);
    }

    static Test require(@Nullable Test test, String name) {
        if (test == null) {
            throw new TemplateFailure("TemplateRuntimeError", "No test named " + Representation.of(name) + " found.");
        }
        return test;
    }

    private static void plain(String name, Predicate<@Nullable Object> test) {
        TESTS.put(name, (r, value, arguments) -> {
            arguments.bind("test_" + name, 0);
            return test.test(Markup.plain(value));
        });
    }

    private static void kinds() {
        plain("none", value -> value == null);
        plain("boolean", Boolean.class::isInstance);
        plain("true", Boolean.TRUE::equals);
        plain("false", Boolean.FALSE::equals);
        plain("integer", Numbers::isInteger);
        plain("float", Numbers::isFloat);
        plain("number", value -> value instanceof Number || value instanceof Boolean);
        plain("string", String.class::isInstance);
        plain("mapping", Map.class::isInstance);
        plain("sequence", Types::isSequence);
        plain("iterable", Types::isIterable);
        plain("callable", value -> value instanceof Invocable || value instanceof Undefined);
    }

    private static void comparisons() {
        for (var operator : new String[] {"==", "!=", "<", "<=", ">", ">="}) {
            TESTS.put(
                    operator,
                    (r, v, a) -> Expression.Comparisons.holds(r, operator, v, a.bind(operator, 1, "other")[0]));
        }
        alias("==", "eq", "equalto");
        alias("!=", "ne");
        alias("<", "lt", "lessthan");
        alias("<=", "le");
        alias(">", "gt", "greaterthan");
        alias(">=", "ge");
    }

    private static void alias(String operator, String... names) {
        var test = require(find(operator), operator);
        for (var name : names) {
            TESTS.put(name, test);
        }
    }

    private static double remainder(@Nullable Object value, @Nullable Object divisor) {
        Undefined.refuse(value);
        Undefined.refuse(divisor);
        var number = Numbers.find(value);
        var by = Numbers.find(divisor);
        if (number == null || by == null) {
            throw TemplateFailure.type(
                    "unsupported operand type(s) for %: '" + Types.name(value) + "' and '" + Types.name(divisor) + "'");
        }
        if (by.doubleValue() == 0) {
            throw new TemplateFailure("ZeroDivisionError", "integer division or modulo by zero");
        }
        if (number instanceof Double || by instanceof Double) {
            var remainder = number.doubleValue() % by.doubleValue();
            return remainder != 0 && (remainder < 0) != (by.doubleValue() < 0)
                    ? remainder + by.doubleValue()
                    : remainder;
        }
        var positive = Numbers.big(by).abs();
        return Numbers.big(number).mod(positive).doubleValue();
    }

    private static boolean isCase(@Nullable Object value, boolean upper) {
        var text = Representation.text(value);
        return text.codePoints().anyMatch(upper ? Character::isUpperCase : Character::isLowerCase)
                && text.codePoints()
                        .noneMatch(c -> Character.isTitleCase(c)
                                || (upper ? Character.isLowerCase(c) : Character.isUpperCase(c)));
    }

    private static boolean isSame(@Nullable Object a, @Nullable Object b) {
        return Types.isIdentical(a, b)
                || (a != null
                        && b != null
                        && a.getClass() == b.getClass()
                        && (a instanceof Boolean || a instanceof Long || a instanceof String)
                        && a.equals(b));
    }
}
