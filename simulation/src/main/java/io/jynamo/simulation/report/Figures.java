package io.jynamo.simulation.report;

import io.jynamo.simulation.Outcome;
import io.jynamo.simulation.Run;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * A run in figures; times in milliseconds.
 *
 * @param ttft to the first token, of every request
 * @param tpot for each token after the first, of requests that have one
 * @param e2e from arrival to end
 * @param hitRate share of all prompt tokens that was found cached
 * @param good share of requests within the target
 * @param goodTokensPerSecond output of those
 * @param levelness the busiest worker's computing time over the idlest's; infinite where one was never asked
 * @param digest of every decision and time
 */
public record Figures(
        String workload,
        String policy,
        int requests,
        Spread ttft,
        Spread tpot,
        Spread e2e,
        double hitRate,
        double good,
        double goodTokensPerSecond,
        double levelness,
        String digest) {

    /** What a request must keep to be a good one. */
    public record Target(double ttftMillis, double tpotMillis) {
        /** Half a second to the first token, then 50 tokens a second. */
        public static final Target DEFAULT = new Target(500, 20);

        boolean isMet(Outcome outcome) {
            return outcome.ttftMillis() <= ttftMillis && outcome.tpotMillis() <= tpotMillis;
        }
    }

    /** How values are spread: quantiles are values that occurred. */
    public record Spread(double mean, double p50, double p90, double p99) {
        static Spread of(List<Outcome> outcomes, ToDoubleFunction<Outcome> value) {
            double[] sorted = outcomes.stream().mapToDouble(value).sorted().toArray();
            if (sorted.length == 0) {
                return new Spread(0, 0, 0, 0);
            }
            double mean = Arrays.stream(sorted).sum() / sorted.length;
            return new Spread(mean, at(sorted, 0.5), at(sorted, 0.9), at(sorted, 0.99));
        }

        private static double at(double[] sorted, double quantile) {
            return sorted[Math.clamp((long) Math.ceil(quantile * sorted.length) - 1, 0, sorted.length - 1)];
        }
    }

    /** The figures of a run. */
    public static Figures of(Run run, Target target) {
        List<Outcome> all = run.outcomes();
        List<Outcome> many = all.stream().filter(o -> o.outputTokens() > 1).toList();
        List<Outcome> good = all.stream().filter(target::isMet).toList();
        double prompt = all.stream().mapToLong(Outcome::promptTokens).sum();
        double cached = all.stream().mapToLong(Outcome::cachedTokens).sum();
        double goodTokens = good.stream().mapToLong(Outcome::outputTokens).sum();
        double busiest = run.busyNanos().stream().mapToLong(n -> n).max().orElse(0);
        double idlest = run.busyNanos().stream().mapToLong(n -> n).min().orElse(0);
        return new Figures(
                run.workload(),
                run.policy(),
                all.size(),
                Spread.of(all, Outcome::ttftMillis),
                Spread.of(many, Outcome::tpotMillis),
                Spread.of(all, Outcome::e2eMillis),
                cached / prompt,
                (double) good.size() / all.size(),
                goodTokens / (run.nanos() / 1e9),
                busiest / idlest,
                run.digest());
    }
}
