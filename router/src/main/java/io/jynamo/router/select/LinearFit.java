package io.jynamo.router.select;

/**
 * A line through what was seen, old sightings fading: y = base + slope x, by least squares of the relative error over
 * exponentially weighted sums, so that small and large x count alike. It begins at a prior that counts as a few sightings,
 * clips what lies far off its line, and never has a negative base or slope, so that noise, a cold start or one monstrous
 * sighting cannot make it absurd.
 */
final class LinearFit {
    /** A sighting counts for half after some 350 more. */
    private static final double KEPT = 0.998;

    private static final double CLIP = 8;

    private static final double LEAST = 1e-9;

    private double weight;
    private double sumX;
    private double sumY;
    private double sumXX;
    private double sumXY;
    private double base;
    private double slope;

    /**
     * @param base and {@code slope} of the line expected before anything is seen
     * @param low and {@code high}, the two places where it is expected there
     */
    LinearFit(double base, double slope, double low, double high) {
        this.base = base;
        this.slope = slope;
        add(low, at(low), 2 * trust(at(low)));
        add(high, at(high), 2 * trust(at(high)));
    }

    double base() {
        return base;
    }

    double slope() {
        return slope;
    }

    double at(double x) {
        return base + slope * x;
    }

    /** Learns from one sighting. */
    void see(double x, double y) {
        if (!(x >= 0) || !(y >= 0) || Double.isInfinite(x) || Double.isInfinite(y)) {
            return;
        }
        double expected = at(x);
        weight *= KEPT;
        sumX *= KEPT;
        sumY *= KEPT;
        sumXX *= KEPT;
        sumXY *= KEPT;
        double clipped = Math.clamp(y, expected / CLIP, expected * CLIP + LEAST);
        add(x, clipped, trust(expected));
        solve();
    }

    private static double trust(double expected) {
        return 1 / Math.max(LEAST, expected * expected);
    }

    private void add(double x, double y, double by) {
        weight += by;
        sumX += by * x;
        sumY += by * y;
        sumXX += by * x * x;
        sumXY += by * x * y;
    }

    private void solve() {
        double meanX = sumX / weight;
        double meanY = sumY / weight;
        double variance = sumXX / weight - meanX * meanX;
        double covariance = sumXY / weight - meanX * meanY;
        slope = variance <= 1e-9 * (1 + meanX * meanX) ? slope : Math.max(0, covariance / variance);
        base = meanY - slope * meanX;
        if (base < 0) {
            base = 0;
            slope = sumXX == 0 ? slope : sumXY / sumXX;
        }
    }
}
