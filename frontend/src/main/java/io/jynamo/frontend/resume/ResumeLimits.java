package io.jynamo.frontend.resume;

import java.time.Duration;

/**
 * What resumable streams may take.
 *
 * @param window how long a stream without a client is kept, running or ended; zero for no resumable streams
 * @param streamBytes most that is kept of one stream
 * @param totalBytes most that is kept of all; a stream that finds no room is not resumable
 */
public record ResumeLimits(Duration window, int streamBytes, long totalBytes) {
    /** Thirty seconds, 1 MiB of each stream, 64 MiB of all. */
    public static final ResumeLimits DEFAULT = new ResumeLimits(Duration.ofSeconds(30), 1 << 20, 64L << 20);

    public ResumeLimits {
        if (window.isNegative()) {
            throw new IllegalArgumentException("the window must not be negative: " + window);
        }
        if (streamBytes < EventLog.LEAST_BYTES || totalBytes < 0) {
            throw new IllegalArgumentException(
                    "a stream needs at least " + EventLog.LEAST_BYTES + " bytes: " + streamBytes);
        }
    }

    /** Whether there are resumable streams at all. */
    public boolean isOn() {
        return window.isPositive();
    }
}
