package io.jynamo.frontend.batch;

import io.jynamo.frontend.keys.Owner;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A batch at one moment.
 *
 * @param inputFile id of the file with its lines
 * @param outputSeconds how long what it writes is kept
 * @param times in seconds, by the member that clients see each as
 * @param endsAs what it will be once its files are in place, where that is decided
 * @param outputFile id of the file of answers, where there is one or will be
 * @param errorFile id of the file of what was not answered
 */
record Batch(
        String id,
        Owner owner,
        String endpoint,
        String inputFile,
        Map<String, String> metadata,
        long outputSeconds,
        BatchStatus status,
        Map<String, Long> times,
        Counts counts,
        List<BatchError> errors,
        @Nullable BatchStatus endsAs,
        @Nullable String outputFile,
        @Nullable String errorFile) {
    static final String EXPIRES = "expires_at";

    /** Its lines: all, those answered, and those that failed. */
    record Counts(long total, long completed, long failed) {
        static final Counts NONE = new Counts(0, 0, 0);
    }

    Batch {
        metadata = Map.copyOf(metadata);
        times = Map.copyOf(times);
        errors = List.copyOf(errors);
    }

    /** Goes on to another status. */
    Batch to(BatchStatus next, long nowSeconds) {
        Map<String, Long> later = new LinkedHashMap<>(times);
        later.putIfAbsent(next.time(), nowSeconds);
        return new Batch(
                id,
                owner,
                endpoint,
                inputFile,
                metadata,
                outputSeconds,
                next,
                later,
                counts,
                errors,
                endsAs,
                outputFile,
                errorFile);
    }

    Batch with(Counts now) {
        return new Batch(
                id,
                owner,
                endpoint,
                inputFile,
                metadata,
                outputSeconds,
                status,
                times,
                now,
                errors,
                endsAs,
                outputFile,
                errorFile);
    }

    Batch with(List<BatchError> wrong) {
        return new Batch(
                id,
                owner,
                endpoint,
                inputFile,
                metadata,
                outputSeconds,
                status,
                times,
                counts,
                wrong,
                endsAs,
                outputFile,
                errorFile);
    }

    /** What it will end as, and with which files. */
    Batch ending(BatchStatus as, @Nullable String output, @Nullable String error) {
        return new Batch(
                id,
                owner,
                endpoint,
                inputFile,
                metadata,
                outputSeconds,
                status,
                times,
                counts,
                errors,
                as,
                output,
                error);
    }

    long createdSeconds() {
        return time(BatchStatus.VALIDATING.time());
    }

    long expiresSeconds() {
        return time(EXPIRES);
    }

    /** When it was over; only where it is. */
    long overSeconds() {
        return time(status.time());
    }

    private long time(String name) {
        return Objects.requireNonNull(times.get(name), name);
    }
}
