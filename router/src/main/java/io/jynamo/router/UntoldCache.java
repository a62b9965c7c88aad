package io.jynamo.router;

import java.util.Arrays;

/**
 * How likely a worker that does not tell its blocks still has a prompt that it was given, by how long ago that was: learned
 * from how much of prompts its answers say it found.
 *
 * <p><b>How it works.</b> Each answer says of one prompt, last given so long ago, how much of it was still there. What was
 * found and what was gone are summed by age, ages half an octave apart, and fade, so that it follows the load; a head that
 * all prompts share says little and counts little. Few sightings count little beside what is known of the next younger
 * age. So of two workers that had a prompt the later one is preferred, and prompts stay together instead of pushing each
 * other out of every cache in turn. What was given just before and is not found may not be computed yet, and will be: so
 * a younger prompt is never less likely there than an older one.
 *
 * <p>While a worker has never found anything, it may be one that does not count, and everything is taken to be there. Any
 * thread.
 */
final class UntoldCache {
    private static final int AGES = 24;
    private static final double KEPT = 0.99;
    /** Sightings that what is known of younger prompts counts for. */
    private static final double YOUNGER = 2;

    private final long mostNanos;
    private final double[] found = new double[AGES + 1];
    private final double[] gone = new double[AGES + 1];
    private final double[] likely = new double[AGES + 1];
    private boolean counts;
    private double goneShare;

    /** @param mostNanos the highest age */
    UntoldCache(long mostNanos) {
        this.mostNanos = mostNanos;
        Arrays.fill(likely, 1);
    }

    /** How likely a prompt given so long ago is found, 0 to 1. */
    synchronized double likely(long ageNanos) {
        return likely[age(ageNanos)];
    }

    /** The share of what was given that lately was not found, 0 to 1. */
    synchronized double goneShare() {
        return goneShare;
    }

    /** Whether the worker is known to count what it finds. */
    synchronized boolean counts() {
        return counts;
    }

    /**
     * Part of a prompt was given so long ago.
     *
     * @param share of the prompt, 0 to 1
     * @param foundShare of that part, 0 to 1
     */
    synchronized void see(long ageNanos, double share, double foundShare) {
        counts |= foundShare > 0;
        if (!counts) {
            return;
        }
        for (int i = 0; i <= AGES; i++) {
            found[i] *= KEPT;
            gone[i] *= KEPT;
        }
        found[age(ageNanos)] += share * foundShare;
        gone[age(ageNanos)] += share * (1 - foundShare);
        learn();
    }

    private void learn() {
        double younger = 1;
        double all = 0;
        double missing = 0;
        for (int i = 0; i <= AGES; i++) {
            likely[i] = (found[i] + YOUNGER * younger) / (found[i] + gone[i] + YOUNGER);
            younger = likely[i];
            all += found[i] + gone[i];
            missing += gone[i];
        }
        for (int i = AGES - 1; i >= 0; i--) {
            likely[i] = Math.max(likely[i], likely[i + 1]);
        }
        goneShare = all == 0 ? 0 : missing / all;
    }

    private int age(long ageNanos) {
        double octaves = Math.log((double) mostNanos / Math.max(1, ageNanos)) / Math.log(2);
        return Math.clamp(AGES - (long) Math.floor(2 * octaves), 0, AGES);
    }
}
