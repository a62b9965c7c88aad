package io.jynamo.text.template;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a call passes.
 *
 * @param positional values by position
 * @param names of the keyword arguments
 * @param named their values
 */
record Arguments(
        List<? extends @Nullable Object> positional, List<String> names, List<? extends @Nullable Object> named) {
    /** Stands for an argument or attribute that is not there; None is null. */
    static final Object ABSENT = new Object();

    static final Arguments NONE = new Arguments(List.of(), List.of(), List.of());

    static Arguments of(@Nullable Object... positional) {
        return new Arguments(Arrays.asList(positional), List.of(), List.of());
    }

    /** The values of {@code parameters} in order, ABSENT where not passed; the first {@code required} must be. */
    @Nullable
    Object[] bind(String function, int required, String... parameters) {
        var values = new @Nullable Object[parameters.length];
        Arrays.fill(values, ABSENT);
        if (positional.size() > parameters.length) {
            throw TemplateFailure.type(function + "() takes " + parameters.length + " positional arguments but "
                    + positional.size() + " were given");
        }
        for (int i = 0; i < positional.size(); i++) {
            values[i] = Markup.plain(positional.get(i));
        }
        for (int i = 0; i < names.size(); i++) {
            bindNamed(function, parameters, values, i);
        }
        for (int i = 0; i < required; i++) {
            if (Types.isAbsent(values[i])) {
                throw TemplateFailure.type(
                        function + "() missing 1 required positional argument: '" + parameters[i] + "'");
            }
        }
        return values;
    }

    private void bindNamed(String function, String[] parameters, @Nullable Object[] values, int index) {
        var name = names.get(index);
        var at = Arrays.asList(parameters).indexOf(name);
        if (at < 0) {
            throw TemplateFailure.type(function + "() got an unexpected keyword argument '" + name + "'");
        }
        if (!Types.isAbsent(values[at])) {
            throw TemplateFailure.type(function + "() got multiple values for argument '" + name + "'");
        }
        values[at] = Markup.plain(named.get(index));
    }

    /** The keyword argument, or ABSENT. */
    @Nullable
    Object keyword(String name) {
        var at = names.indexOf(name);
        return at < 0 ? ABSENT : named.get(at);
    }

    /** Without the first {@code count} positional ones. */
    Arguments drop(int count) {
        return new Arguments(positional.subList(count, positional.size()), names, named);
    }

    void refuseKeywords(String function) {
        if (!names.isEmpty()) {
            throw TemplateFailure.type(function + "() takes no keyword arguments");
        }
    }

    static @Nullable Object or(@Nullable Object value, @Nullable Object fallback) {
        return Types.isAbsent(value) ? fallback : value;
    }

    static boolean truth(@Nullable Object value, boolean fallback) {
        return Types.isAbsent(value) ? fallback : Types.truth(value);
    }

    /** An integer argument. */
    static int integer(@Nullable Object value, int fallback) {
        return Types.isAbsent(value) ? fallback : Numbers.index(value);
    }

    /** A text argument. */
    static String text(@Nullable Object value, String fallback) {
        if (Types.isAbsent(value)) {
            return fallback;
        }
        if (value instanceof String text) {
            return text;
        }
        Undefined.refuse(value);
        throw TemplateFailure.type("argument must be str, not " + Types.name(value));
    }
}
