package io.jynamo.text.template;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The functions every template can call. */
final class Globals {
    private static final Map<String, Invocable> FUNCTIONS = Map.of(
            "range", Globals::range,
            "dict", Globals::dict,
            "namespace", Globals::namespace,
            "cycler", (r, arguments) -> new Cycler(arguments.positional()),
            "joiner", Globals::joiner,
            "raise_exception", Globals::raise,
            "strftime_now", Globals::now);

    private Globals() {}

    static @Nullable Invocable find(String name) {
        return FUNCTIONS.get(name);
    }

    private static Object range(Rendering r, Arguments arguments) {
        arguments.refuseKeywords("range");
        var bounds = arguments.positional();
        for (var bound : bounds) {
            Numbers.index(bound);
        }
        return switch (bounds.size()) {
            case 1 -> new Range(0, Numbers.index(bounds.get(0)), 1);
            case 2 -> new Range(Numbers.index(bounds.get(0)), Numbers.index(bounds.get(1)), 1);
            case 3 ->
                new Range(Numbers.index(bounds.get(0)), Numbers.index(bounds.get(1)), Numbers.index(bounds.get(2)));
            default -> throw TemplateFailure.type("range expected 1 to 3 arguments, got " + bounds.size());
        };
    }

    private static Map<@Nullable Object, @Nullable Object> dict(Rendering r, Arguments arguments) {
        var dict = new LinkedHashMap<@Nullable Object, @Nullable Object>();
        if (arguments.positional().size() > 1) {
            throw TemplateFailure.type("dict expected at most 1 argument, got "
                    + arguments.positional().size());
        }
        for (var source : arguments.positional()) {
            if (source instanceof Map<?, ?> other) {
                r.allocate(other.size());
                dict.putAll(other);
            } else {
                pairs(r, source, dict);
            }
        }
        for (int i = 0; i < arguments.names().size(); i++) {
            dict.put(arguments.names().get(i), arguments.named().get(i));
        }
        return dict;
    }

    private static void pairs(Rendering r, @Nullable Object source, Map<@Nullable Object, @Nullable Object> dict) {
        var index = 0;
        for (var element : Sequences.list(r, source)) {
            if (!Types.isIterable(element)) {
                throw TemplateFailure.type(
                        "cannot convert dictionary update sequence element #" + index + " to a sequence");
            }
            List<@Nullable Object> pair = Sequences.list(r, element);
            if (pair.size() != 2) {
                throw TemplateFailure.value("dictionary update sequence element #" + index + " has length "
                        + pair.size() + "; 2 is required");
            }
            Dicts.put(dict, pair.get(0), pair.get(1));
            index++;
        }
    }

    private static Object namespace(Rendering r, Arguments arguments) {
        var namespace = new Namespace();
        dict(r, arguments).forEach((name, value) -> namespace.set(String.valueOf(name), value));
        return namespace;
    }

    private static Object joiner(Rendering r, Arguments arguments) {
        var separator = Arguments.or(arguments.bind("joiner", 0, "sep")[0], ", ");
        var used = new boolean[1];
        return (Invocable) (rendering, none) -> {
            var first = !used[0];
            used[0] = true;
            return first ? "" : separator;
        };
    }

    private static Object raise(Rendering r, Arguments arguments) {
        throw new TemplateFailure(
                "TemplateError", Representation.text(arguments.bind("raise_exception", 1, "message")[0]));
    }

    private static Object now(Rendering r, Arguments arguments) {
        var pattern = Arguments.text(arguments.bind("strftime_now", 1, "format")[0], "");
        return r.allocated(TimeFormat.format(r, pattern, java.time.LocalDateTime.now(r.clock())));
    }
}
