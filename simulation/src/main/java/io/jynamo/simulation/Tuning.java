package io.jynamo.simulation;

import io.jynamo.simulation.workload.Workload;
import java.util.function.Consumer;

/** Finds the weights of Dynamo's formula that suit a workload best: tries a grid, on requests of their own. */
public final class Tuning {
    private static final double[] PREFILL_SCALES = {0.5, 1, 2, 4, 8, 16, 32};
    private static final double[] HIT_CREDITS = {1, 1.5, 2};

    private Tuning() {}

    /** How many runs it is. */
    public static int trials() {
        return PREFILL_SCALES.length + HIT_CREDITS.length - 1;
    }

    /**
     * The weights of least mean time from arrival to end: first the scale of prefill, then the credit of hits.
     *
     * @param sample requests to try them on, not those that they are judged by
     * @param trial told before each run
     */
    public static Contender dynamo(Fleet fleet, Workload sample, long seed, Consumer<String> trial) {
        double scale = 1;
        double credit = 1;
        double least = Double.POSITIVE_INFINITY;
        for (double each : PREFILL_SCALES) {
            double millis = millis(fleet, sample, seed, each, credit, trial);
            if (millis < least) {
                least = millis;
                scale = each;
            }
        }
        for (double each : HIT_CREDITS) {
            double millis = each == 1 ? least : millis(fleet, sample, seed, scale, each, trial);
            if (millis < least) {
                least = millis;
                credit = each;
            }
        }
        return Contender.dynamo("dynamo-tuned " + scale + "/" + credit, scale, credit);
    }

    private static double millis(
            Fleet fleet, Workload sample, long seed, double scale, double credit, Consumer<String> trial) {
        Contender contender = Contender.dynamo("dynamo " + scale + "/" + credit, scale, credit);
        trial.accept(contender.name());
        Run run = Simulation.run(fleet, sample, contender, seed, Simulation.Checks.CHEAP, _ -> {});
        return run.outcomes().stream().mapToDouble(Outcome::e2eMillis).average().orElseThrow();
    }
}
