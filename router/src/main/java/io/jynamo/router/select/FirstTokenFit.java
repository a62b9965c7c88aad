package io.jynamo.router.select;

/**
 * What a first token takes: a latency, whatever is computed; so much a token of its prompt; as much, or less, a token that
 * the worker had yet to compute when it was given this one; and so much for each prompt of those. Where prompts are computed
 * in turn a token ahead costs what an own one does, side by side nearly nothing. By least squares of the relative error
 * over sightings that fade, so what holds up all first tokens alike, in the router or on the way, is the latency's alone,
 * and noise is nobody's. Prompts are taken to be in turn until sightings say otherwise. One thread at a time.
 */
final class FirstTokenFit {
    /** A sighting counts for half after some 350 more. */
    private static final double KEPT = 0.998;

    private static final double CLIP = 8;
    private static final double LEAST = 0.1;
    /** What is expected beforehand counts as so many sightings. */
    private static final double PRIOR = 2;

    /** Keeps terms that were never seen apart, as prompts of one length have them, from growing without end. */
    private static final double RIDGE = 1e-6;

    private static final int TERMS = 4;

    /** The normal equations, {@code products x line = targets}, of 1, all tokens, those ahead, and prompts ahead. */
    private final double[][] products = new double[TERMS][TERMS];

    private final double[] targets = new double[TERMS];
    private final double[] line;
    private final double[] seen = new double[TERMS];
    private final double[] scale = new double[TERMS];
    private final double[][] rows = new double[TERMS][TERMS + 1];

    /**
     * @param latency and {@code perToken} expected before anything is seen, milliseconds
     * @param tokens of a long prompt, up to which it is expected
     */
    FirstTokenFit(double latency, double perToken, int tokens) {
        line = new double[] {latency, perToken, 0, 0};
        for (int own = 0; own <= tokens; own += tokens) {
            double millis = millis(own, 0, 0);
            add(own, 0, 0, millis, PRIOR / (millis * millis));
        }
    }

    double latency() {
        return line[0];
    }

    double perToken() {
        return line[1];
    }

    double perTokenAhead() {
        return line[1] + line[2];
    }

    double perPromptAhead() {
        return line[3];
    }

    /** What is expected of a prompt of {@code own} tokens behind {@code prompts} others of {@code ahead} together. */
    double millis(long own, long ahead, int prompts) {
        return line[0] + line[1] * (own + ahead) + line[2] * ahead + line[3] * prompts;
    }

    /** Learns from one sighting. */
    void see(long own, long ahead, int prompts, double millis) {
        double expected = Math.max(LEAST, millis(own, ahead, prompts));
        for (int i = 0; i < TERMS; i++) {
            targets[i] *= KEPT;
            for (int j = 0; j < TERMS; j++) {
                products[i][j] *= KEPT;
            }
        }
        add(own, ahead, prompts, Math.clamp(millis, expected / CLIP, expected * CLIP), 1 / (expected * expected));
        solve();
    }

    private void add(long own, long ahead, int prompts, double millis, double trust) {
        seen[0] = 1;
        seen[1] = (double) own + ahead;
        seen[2] = ahead;
        seen[3] = prompts;
        for (int i = 0; i < TERMS; i++) {
            targets[i] += trust * seen[i] * millis;
            for (int j = 0; j < TERMS; j++) {
                products[i][j] += trust * seen[i] * seen[j];
            }
        }
    }

    /** By elimination, of terms scaled to 1. None is negative, and what lies ahead does not cost more than the own. */
    private void solve() {
        for (int i = 0; i < TERMS; i++) {
            scale[i] = Math.sqrt(products[i][i] + prior(i));
        }
        for (int i = 0; i < TERMS; i++) {
            for (int j = 0; j < TERMS; j++) {
                rows[i][j] = i == j ? 1 + RIDGE : products[i][j] / (scale[i] * scale[j]);
            }
            rows[i][TERMS] = targets[i] / scale[i];
        }
        for (int pivot = 0; pivot < TERMS; pivot++) {
            for (int i = pivot + 1; i < TERMS; i++) {
                double times = rows[i][pivot] / rows[pivot][pivot];
                for (int j = pivot; j <= TERMS; j++) {
                    rows[i][j] -= times * rows[pivot][j];
                }
            }
        }
        line[3] = Math.max(0, solved(3));
        line[2] = Math.min(0, solved(2));
        line[1] = Math.max(0, solved(1));
        line[0] = Math.max(0, solved(0));
        line[2] = Math.max(-line[1], line[2]);
    }

    private double solved(int row) {
        double left = rows[row][TERMS];
        for (int j = row + 1; j < TERMS; j++) {
            left -= rows[row][j] * line[j] * scale[j];
        }
        return left / rows[row][row] / scale[row];
    }

    /** That a token ahead counts as an own one, and a prompt ahead nothing by itself. */
    private double prior(int term) {
        return switch (term) {
            case 2 -> PRIOR / Math.max(1e-12, line[1] * line[1]);
            case 3 -> PRIOR / Math.max(LEAST, line[0] * line[0]);
            default -> 0;
        };
    }
}
