package io.jynamo.cli.settings;

import java.util.LinkedHashMap;
import java.util.Map;

/** Reads {@code name=3,other=0.5}. */
final class TenantWeights {
    private static final String MUST = "must be like name=3,other=0.5 with numbers above 0, not '";

    private TenantWeights() {}

    static Map<String, Double> read(String text) {
        Map<String, Double> weights = new LinkedHashMap<>();
        for (String one : text.isBlank() ? new String[0] : text.split(",", -1)) {
            int equals = one.lastIndexOf('=');
            double weight = equals <= 0 ? 0 : number(one.substring(equals + 1), text);
            if (!(weight > 0) || Double.isInfinite(weight)) {
                throw new IllegalArgumentException(MUST + text + "'");
            }
            weights.put(one.substring(0, equals).strip(), weight);
        }
        return Map.copyOf(weights);
    }

    private static double number(String weight, String text) {
        try {
            return Double.parseDouble(weight.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(MUST + text + "'", e);
        }
    }
}
