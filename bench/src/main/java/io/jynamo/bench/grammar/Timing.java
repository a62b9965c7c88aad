package io.jynamo.bench.grammar;

import java.util.List;

/** What one engine took: milliseconds to compile, the least of several; microseconds for a mask. */
record Timing(double compileMillis, double cold50, double cold99, double warm50, double warm99) {
    static Timing of(double compileMillis, List<Double> cold, List<Double> warm) {
        return new Timing(
                compileMillis, quantile(cold, 0.5), quantile(cold, 0.99), quantile(warm, 0.5), quantile(warm, 0.99));
    }

    private static double quantile(List<Double> values, double part) {
        var sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.min(sorted.size() - 1, sorted.size() * part));
    }
}
