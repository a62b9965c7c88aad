package io.jynamo.bench.engine;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * What one round measured, in tokens a second; 0 where it did not.
 *
 * @param prefill of a prompt of 512 tokens
 * @param decode of one sequence
 * @param batch8 of eight sequences together
 * @param batch16 of sixteen
 */
record EngineFigures(double prefill, double decode, double batch8, double batch16) {
    static EngineFigures median(List<EngineFigures> rounds) {
        return new EngineFigures(
                median(rounds, EngineFigures::prefill),
                median(rounds, EngineFigures::decode),
                median(rounds, EngineFigures::batch8),
                median(rounds, EngineFigures::batch16));
    }

    private static double median(List<EngineFigures> rounds, ToDoubleFunction<EngineFigures> figure) {
        return median(rounds.stream().mapToDouble(figure).boxed());
    }

    static double median(Stream<Double> values) {
        DoubleStream numbers = values.mapToDouble(Double::doubleValue);
        double[] sorted = numbers.sorted().toArray();
        return sorted[sorted.length / 2];
    }

    /** Each figure divided by another's. */
    EngineFigures over(EngineFigures other) {
        return new EngineFigures(
                prefill / other.prefill, decode / other.decode, batch8 / other.batch8, batch16 / other.batch16);
    }
}
