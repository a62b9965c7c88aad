package io.jynamo.router;

import java.util.Arrays;

/**
 * How likely a worker that does not tell its blocks still has a prompt that it was given, by how long ago that was: learned
 * from how much of prompts its answers say it found.
 *
 * <p><b>How it works.</b> Each answer says of one prompt, last given so long ago, whether it was still there. Both are
 * counted by age, ages half an octave apart, and fade, so that it follows the load. Few sightings count little beside what
 * is known of younger prompts, and an older one is never more likely there. So of two workers that had a prompt the later
 * one is preferred, and prompts stay together instead of pushing each other out of every cache in turn.
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

    /** The share of prompts expected there that lately were not, 0 to 1. */
    synchronized double goneShare() {
        return goneShare;
    }

    /** Whether the worker is known to count what it finds. */
    synchronized boolean counts() {
        return counts;
    }

    /** A prompt given so long ago was found, or was not. */
    synchronized void see(long ageNanos, boolean wasFound) {
        counts |= wasFound;
        if (!counts) {
            return;
        }
        for (int i = 0; i <= AGES; i++) {
            found[i] *= KEPT;
            gone[i] *= KEPT;
        }
        (wasFound ? found : gone)[age(ageNanos)]++;
        learn();
    }

    private void learn() {
        double younger = 1;
        double all = 0;
        double missing = 0;
        for (int i = 0; i <= AGES; i++) {
            double share = (found[i] + YOUNGER * younger) / (found[i] + gone[i] + YOUNGER);
            likely[i] = Math.min(younger, share);
            younger = likely[i];
            all += found[i] + gone[i];
            missing += gone[i];
        }
        goneShare = missing / all;
    }

    private int age(long ageNanos) {
        double octaves = Math.log((double) mostNanos / Math.max(1, ageNanos)) / Math.log(2);
        return Math.clamp(AGES - (long) Math.floor(2 * octaves), 0, AGES);
    }
}
