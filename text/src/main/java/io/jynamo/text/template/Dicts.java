package io.jynamo.text.template;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Look-ups in dicts by Python's equality, where 1, 1.0 and True are one key. */
final class Dicts {
    private Dicts() {}

    /** The value of {@code key}, or {@link Arguments#ABSENT}. */
    static @Nullable Object find(Map<?, ?> dict, @Nullable Object wanted) {
        var key = Markup.plain(wanted);
        if (key instanceof String) {
            var value = dict.get(key);
            return value != null || dict.containsKey(key) ? value : Arguments.ABSENT;
        }
        for (var entry : dict.entrySet()) {
            if (Comparison.equal(entry.getKey(), key)) {
                return entry.getValue();
            }
        }
        return Arguments.ABSENT;
    }

    /** Sets a key as Python does: an equal one that is there keeps its spelling. */
    static void put(Map<@Nullable Object, @Nullable Object> dict, @Nullable Object wanted, @Nullable Object value) {
        var key = Markup.plain(wanted);
        Types.hashable(key);
        if (!(key == null || key instanceof String)) {
            for (var entry : dict.entrySet()) {
                if (Comparison.equal(entry.getKey(), key)) {
                    entry.setValue(value);
                    return;
                }
            }
        }
        dict.put(key, value);
    }
}
