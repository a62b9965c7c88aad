package io.jynamo.text.template;

import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a dict's keys(), values() and items() give. */
record DictView(Kind kind, Map<?, ?> dict) {
    enum Kind {
        KEYS("dict_keys"),
        VALUES("dict_values"),
        ITEMS("dict_items");

        private final String typeName;

        Kind(String typeName) {
            this.typeName = typeName;
        }

        String typeName() {
            return typeName;
        }
    }

    Iterator<? extends @Nullable Object> iterator() {
        return switch (kind) {
            case KEYS -> dict.keySet().iterator();
            case VALUES -> values().iterator();
            case ITEMS ->
                dict.entrySet().stream()
                        .<Object>map(e -> Tuple.of(e.getKey(), e.getValue()))
                        .iterator();
        };
    }

    private Collection<?> values() {
        return dict.values();
    }
}
