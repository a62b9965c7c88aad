package io.jynamo.runtime.discovery;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait before each further try: twice as long each time up to a most, less a random half of it. */
final class Backoff {
    private final Duration first;
    private final Duration most;
    private final RandomGenerator random;
    private Duration next;

    Backoff(Duration first, Duration most, RandomGenerator random) {
        this.first = first;
        this.most = most;
        this.random = random;
        next = first;
    }

    Duration next() {
        Duration whole = next;
        Duration twice = whole.multipliedBy(2);
        next = twice.compareTo(most) < 0 ? twice : most;
        long half = whole.toNanos() / 2;
        return Duration.ofNanos(half + random.nextLong(half + 1));
    }

    void reset() {
        next = first;
    }
}
