package io.jynamo.text.template;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The double-underscore attributes Python objects have: the sandbox refuses them by name. */
final class Dunders {
    private static final Set<String> OBJECT = Set.of(
            "__class__",
            "__delattr__",
            "__dir__",
            "__doc__",
            "__eq__",
            "__format__",
            "__ge__",
            "__getattribute__",
            "__getstate__",
            "__gt__",
            "__hash__",
            "__init__",
            "__init_subclass__",
            "__le__",
            "__lt__",
            "__ne__",
            "__new__",
            "__reduce__",
            "__reduce_ex__",
            "__repr__",
            "__setattr__",
            "__sizeof__",
            "__str__",
            "__subclasshook__");
    private static final Set<String> CONTAINER = Set.of("__contains__", "__getitem__", "__iter__", "__len__");

    private Dunders() {}

    static boolean has(@Nullable Object owner, String name) {
        var isContainer = owner instanceof String || owner instanceof List || owner instanceof Map;
        return !(owner instanceof Undefined) && (OBJECT.contains(name) || (isContainer && CONTAINER.contains(name)));
    }
}
