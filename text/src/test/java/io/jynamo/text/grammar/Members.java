package io.jynamo.text.grammar;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Members of JSON objects that are known to be there. */
final class Members {
    private Members() {}

    static Object any(Map<?, ?> object, String name) {
        return Objects.requireNonNull(object.get(name), name);
    }

    static Map<?, ?> map(Map<?, ?> object, String name) {
        return (Map<?, ?>) any(object, name);
    }

    static List<?> list(Map<?, ?> object, String name) {
        return (List<?>) any(object, name);
    }
}
