package io.jynamo.frontend.batch;

import io.jynamo.frontend.files.FileLimits;
import java.time.InstantSource;

/**
 * Files and batches as whoever starts a server wants them.
 *
 * @param clock by which they expire
 */
public record BatchOptions(FileLimits files, BatchLimits limits, InstantSource clock) {
    /** None. */
    public static final BatchOptions OFF =
            new BatchOptions(FileLimits.OFF, BatchLimits.DEFAULT, InstantSource.system());
}
