package io.jynamo.bench.load;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** What the measured requests of a run came to. */
final class Tally {
    private static final long LONGEST_NANOS = 3_600_000_000_000L;

    final Histogram firstToken = histogram();
    final Histogram gap = histogram();
    final Histogram perToken = histogram();
    final Histogram whole = histogram();
    final Histogram lag = histogram();
    final Map<String, Integer> errors = new TreeMap<>();
    long requests;
    long promptTokens;
    long outputTokens;
    long cachedTokens;
    long events;

    void error(String kind) {
        errors.merge(kind, 1, Integer::sum);
    }

    /** A finished request; times in nanoseconds on one clock. */
    void request(ResponseParser response, Times times) {
        requests++;
        promptTokens += response.promptTokens();
        cachedTokens += response.cachedTokens();
        events += times.events;
        long output = response.completionTokens() > 0 ? response.completionTokens() : times.events;
        outputTokens += output;
        whole.recordValue(clamp(times.end - times.due));
        if (times.events > 0) {
            firstToken.recordValue(clamp(times.first - times.due));
            if (output > 1) {
                perToken.recordValue(clamp((times.last - times.first) / (output - 1)));
            }
        }
    }

    static long clamp(long nanos) {
        return Math.max(0, Math.min(nanos, LONGEST_NANOS));
    }

    private static Histogram histogram() {
        return new Histogram(LONGEST_NANOS, 3);
    }

    /** When the things of one request happened. */
    static final class Times {
        long due;
        long first;
        long last;
        long end;
        int events;
    }
}
