package io.jynamo.text.template;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The methods of Python's dict that change nothing. */
final class DictMethods {
    private DictMethods() {}

    static @Nullable Object find(Map<?, ?> self, String name) {
        return switch (name) {
            case "get" -> (Invocable) (r, a) -> get(self, a);
            case "keys" -> view(name, self, DictView.Kind.KEYS);
            case "values" -> view(name, self, DictView.Kind.VALUES);
            case "items" -> view(name, self, DictView.Kind.ITEMS);
            case "copy" -> (Invocable) (r, a) -> copy(r, self, a);
            default -> Arguments.ABSENT;
        };
    }

    private static @Nullable Object get(Map<?, ?> self, Arguments arguments) {
        arguments.refuseKeywords("dict.get");
        var bound = arguments.bind("get", 1, "key", "default");
        var value = Dicts.find(self, Types.hashable(bound[0]));
        return Types.isAbsent(value) ? Arguments.or(bound[1], null) : value;
    }

    private static Invocable view(String name, Map<?, ?> self, DictView.Kind kind) {
        return (r, arguments) -> {
            arguments.bind(name, 0);
            return new DictView(kind, self);
        };
    }

    private static Object copy(Rendering r, Map<?, ?> self, Arguments arguments) {
        arguments.bind("copy", 0);
        r.allocate(self.size());
        return new LinkedHashMap<@Nullable Object, @Nullable Object>(self);
    }
}
