package io.jynamo.frontend.keys;

import java.util.List;

/**
 * The models that a key may ask for, by the names that clients know; a pattern that ends in {@code *} is all names that
 * begin so.
 *
 * @param patterns none allows all
 */
public record AllowedModels(List<String> patterns) {
    public static final AllowedModels ALL = new AllowedModels(List.of());

    public AllowedModels {
        patterns = List.copyOf(patterns);
    }

    public boolean allows(String model) {
        return patterns.isEmpty() || patterns.stream().anyMatch(pattern -> matches(pattern, model));
    }

    private static boolean matches(String pattern, String model) {
        return pattern.endsWith("*")
                ? model.startsWith(pattern.substring(0, pattern.length() - 1))
                : model.equals(pattern);
    }
}
