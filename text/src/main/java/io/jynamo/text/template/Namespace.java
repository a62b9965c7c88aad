package io.jynamo.text.template;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The one object whose attributes a template may set: what namespace() makes. */
final class Namespace implements Attributed {
    private final Map<String, @Nullable Object> attributes = new LinkedHashMap<>();

    @Override
    public @Nullable Object attribute(String name) {
        var value = attributes.get(name);
        return value != null || attributes.containsKey(name) ? value : Arguments.ABSENT;
    }

    void set(String name, @Nullable Object value) {
        attributes.put(name, value);
    }

    Map<String, @Nullable Object> attributes() {
        return attributes;
    }
}
