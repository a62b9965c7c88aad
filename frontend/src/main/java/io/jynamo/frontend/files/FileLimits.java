package io.jynamo.frontend.files;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where files lie and what they may take.
 *
 * @param folder or null, where there are no files and no batches
 * @param fileBytes of one uploaded file
 * @param ownerBytes of one owner's files, with what its batches write
 * @param totalBytes of all of them
 * @param ownerFiles of one owner
 * @param uploads at one time
 * @param window until a file is deleted whose owner says nothing of it
 */
public record FileLimits(
        @Nullable Path folder,
        long fileBytes,
        long ownerBytes,
        long totalBytes,
        int ownerFiles,
        int uploads,
        Duration window) {
    /** No folder, and as much as OpenAI takes of one file. */
    public static final FileLimits OFF =
            new FileLimits(null, 200L << 20, 4L << 30, 16L << 30, 10_000, 16, Duration.ofDays(30));

    /** What comes slower in all is given up: a place among the uploads is one that others wait for. */
    private static final long LEAST_BYTES_PER_SECOND = 64 << 10;

    private static final long LEAST_UPLOAD_SECONDS = 60;

    /** How long one upload may take in all: what the largest file takes at 64 KiB a second, and a minute. */
    Duration uploadTime() {
        return Duration.ofSeconds(LEAST_UPLOAD_SECONDS + fileBytes / LEAST_BYTES_PER_SECOND);
    }

    public FileLimits {
        if (fileBytes < 1 || ownerBytes < 1 || totalBytes < 1 || ownerFiles < 1 || uploads < 1) {
            throw new IllegalArgumentException("limits of files must be positive");
        }
    }

    public FileLimits in(Path where) {
        return new FileLimits(where, fileBytes, ownerBytes, totalBytes, ownerFiles, uploads, window);
    }

    public FileLimits with(long perFile, long perOwner, long total) {
        return new FileLimits(folder, perFile, perOwner, total, ownerFiles, uploads, window);
    }
}
