package io.jynamo.text.template;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What kind of Python value a value is, and whether it is true. */
final class Types {
    private Types() {}

    static String name(@Nullable Object value) {
        return switch (value) {
            case null -> "NoneType";
            case String _ -> "str";
            case Markup _ -> "Markup";
            case Boolean _ -> "bool";
            case Double _, Float _ -> "float";
            case Number _ -> "int";
            case Tuple _ -> "tuple";
            case Range _ -> "range";
            case List<?> _ -> "list";
            case Map<?, ?> _ -> "dict";
            case Undefined _ -> "Undefined";
            case Lazy lazy -> lazy.typeName();
            case DictView view -> view.kind().typeName();
            case Namespace _ -> "Namespace";
            case Loop _ -> "LoopContext";
            case Macro _ -> "Macro";
            case Cycler _ -> "Cycler";
            case Invocable _ -> "builtin_function_or_method";
            default -> "object";
        };
    }

    static boolean truth(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case Boolean truth -> truth;
            case String text -> !text.isEmpty();
            case Markup markup -> !markup.text().isEmpty();
            case Long number -> number != 0;
            case BigInteger number -> number.signum() != 0;
            case Number number -> number.doubleValue() != 0;
            case List<?> list -> !list.isEmpty();
            case Map<?, ?> dict -> !dict.isEmpty();
            case Undefined _ -> false;
            case DictView view -> !view.dict().isEmpty();
            case Loop loop -> loop.length() != 0;
            default -> true;
        };
    }

    /** Whether {@code value} stands for an argument or attribute that is not there. */
    static boolean isAbsent(@Nullable Object value) {
        return isIdentical(value, Arguments.ABSENT);
    }

    /** Whether {@code value} stands for a name without a value. */
    static boolean isUnset(@Nullable Object value) {
        return isIdentical(value, Frame.UNSET);
    }

    /** Whether both are one object. */
    @SuppressWarnings("ReferenceEquality") // Identity is the question here.
    static boolean isIdentical(@Nullable Object a, @Nullable Object b) {
        return a == b;
    }

    static boolean isSequence(@Nullable Object value) {
        return value instanceof List
                || value instanceof String
                || value instanceof Markup
                || value instanceof Map
                || value instanceof Undefined;
    }

    static boolean isIterable(@Nullable Object value) {
        return isSequence(value) || value instanceof Lazy || value instanceof DictView;
    }

    /** A key of a dict, refused where Python cannot hash it. */
    static @Nullable Object hashable(@Nullable Object key) {
        if (key instanceof Tuple tuple) {
            for (var element : tuple) {
                hashable(element);
            }
        } else if ((key instanceof List && !(key instanceof Range)) || key instanceof Map) {
            throw TemplateFailure.type("unhashable type: '" + name(key) + "'");
        }
        return key;
    }
}
