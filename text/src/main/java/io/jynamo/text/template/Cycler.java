package io.jynamo.text.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What cycler() makes: gives its values in turn. */
final class Cycler implements Attributed {
    private final List<? extends @Nullable Object> values;
    private int position;

    Cycler(List<? extends @Nullable Object> values) {
        if (values.isEmpty()) {
            throw new TemplateFailure("RuntimeError", "at least one item has to be provided");
        }
        this.values = values;
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "current" -> values.get(position);
            case "next" -> (Invocable) (r, arguments) -> next();
            case "reset" -> (Invocable) (r, arguments) -> reset();
            default -> Arguments.ABSENT;
        };
    }

    private @Nullable Object next() {
        var value = values.get(position);
        position = (position + 1) % values.size();
        return value;
    }

    private @Nullable Object reset() {
        position = 0;
        return null;
    }
}
