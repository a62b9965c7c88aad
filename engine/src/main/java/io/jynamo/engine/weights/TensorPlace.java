package io.jynamo.engine.weights;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where in a model a tensor belongs.
 *
 * @param layer 0-based; 0 for roles that are not per layer
 */
record TensorPlace(TensorRole role, int layer) {
    /** Parses {@code LAYER.rest} from {@code start}, the rest being one of {@code names}; null where it is not that. */
    static @Nullable TensorPlace inLayer(String name, int start, Map<String, TensorRole> names) {
        int dot = name.indexOf('.', start);
        if (dot <= start || dot - start > 4) {
            return null;
        }
        int layer = 0;
        for (int i = start; i < dot; i++) {
            int digit = name.charAt(i) - '0';
            if (digit < 0 || digit > 9 || (digit == 0 && i == start && dot > start + 1)) {
                return null;
            }
            layer = layer * 10 + digit;
        }
        TensorRole role = names.get(name.substring(dot + 1));
        return role == null ? null : new TensorPlace(role, layer);
    }
}
