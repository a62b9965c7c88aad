package io.jynamo.text.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A macro that can be called, with the frame it was defined in. */
record Macro(MacroShape shape, Frame home) implements Attributed, Invocable {
    String name() {
        return shape.name();
    }

    @Override
    public Object call(Rendering r, Arguments arguments) {
        var frame = new Frame(r, home, shape.frame().size());
        r.enter(shape.levels());
        bind(frame, arguments);
        var before = r.beginCapture();
        shape.body().run(frame);
        r.leave(shape.levels());
        return r.endCapture(before);
    }

    private void bind(Frame frame, Arguments arguments) {
        var names = new ArrayList<>(arguments.names());
        List<@Nullable Object> named = new ArrayList<>(arguments.named());
        var parameters = shape.parameters();
        for (int i = 0; i < parameters.size(); i++) {
            frame.set(shape.slots().get(i), argument(arguments, i, names, named));
        }
        if (shape.callerSlot() >= 0) {
            var caller = take("caller", names, named);
            frame.set(
                    shape.callerSlot(),
                    Types.isAbsent(caller) || caller == null ? Undefined.of("No caller defined") : caller);
        }
        bindRest(frame, arguments, names, named);
        for (int i = 0; i < parameters.size(); i++) {
            if (Types.isAbsent(frame.get(shape.slots().get(i)))) {
                var fallback = shape.defaults().get(i);
                frame.set(
                        shape.slots().get(i),
                        fallback == null
                                ? Undefined.of(
                                        "parameter " + Representation.of(parameters.get(i)) + " was not provided")
                                : fallback.eval(frame));
            }
        }
    }

    private @Nullable Object argument(
            Arguments arguments, int index, List<String> names, List<@Nullable Object> named) {
        return index < arguments.positional().size()
                ? arguments.positional().get(index)
                : take(shape.parameters().get(index), names, named);
    }

    private static @Nullable Object take(String name, List<String> names, List<@Nullable Object> named) {
        var at = names.indexOf(name);
        if (at < 0) {
            return Arguments.ABSENT;
        }
        names.remove(at);
        return named.remove(at);
    }

    private void bindRest(Frame frame, Arguments arguments, List<String> names, List<@Nullable Object> named) {
        if (shape.kwargsSlot() >= 0) {
            var rest = new LinkedHashMap<@Nullable Object, @Nullable Object>();
            for (int i = 0; i < names.size(); i++) {
                rest.put(names.get(i), named.get(i));
            }
            frame.set(shape.kwargsSlot(), rest);
        } else if (names.contains("caller")) {
            throw TemplateFailure.type("macro " + Representation.of(name())
                    + " was invoked with two values for the special caller argument. This is most likely a bug.");
        } else if (!names.isEmpty()) {
            throw TemplateFailure.type("macro " + Representation.of(name()) + " takes no keyword argument "
                    + Representation.of(names.getFirst()));
        }
        var count = shape.parameters().size();
        var positional = arguments.positional();
        if (shape.varargsSlot() >= 0) {
            frame.set(
                    shape.varargsSlot(),
                    positional.size() > count
                            ? Tuple.copyOf(positional.subList(count, positional.size()))
                            : Tuple.of());
        } else if (positional.size() > count) {
            throw TemplateFailure.type(
                    "macro " + Representation.of(name()) + " takes not more than " + count + " argument(s)");
        }
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "name" -> shape.name();
            case "arguments" -> Tuple.copyOf(shape.parameters());
            case "catch_kwargs" -> shape.kwargsSlot() >= 0;
            case "catch_varargs" -> shape.varargsSlot() >= 0;
            case "caller" -> shape.callerSlot() >= 0;
            default -> Arguments.ABSENT;
        };
    }
}
