package io.jynamo.engine.process;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An engine to be run: what is executed, when it counts as ready, and what is done when it is not well.
 *
 * @param name names its files; letters, digits, dot, dash, underscore
 * @param files where its log and the record of its process are
 * @param stopGrace how long it may take to end after it was asked to
 */
public record EngineSpec(
        String name,
        EngineCommand command,
        Files files,
        Readiness readiness,
        Probing probing,
        RestartPolicy.Limits restarts,
        Duration stopGrace) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    public EngineSpec {
        if (!NAME.matcher(name).matches()) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "an engine cannot be called '" + name + "': use letters, digits, dot, dash, underscore");
        }
    }

    /**
     * Files of an engine: {@code NAME.log} (and {@code .1}, {@code .2}, older), {@code NAME.process}.
     *
     * @param logBytes size of one log file at most
     * @param logsKept older ones that are kept
     */
    public record Files(Path folder, long logBytes, int logsKept) {
        public static Files in(Path folder) {
            return new Files(folder, 16L << 20, 3);
        }
    }

    /**
     * When it counts as ready.
     *
     * @param check asked again and again while it loads
     * @param timeout how long loading may take
     */
    public record Readiness(ReadyCheck check, Duration timeout) {}

    /**
     * What is asked of a ready engine.
     *
     * @param every pause between two questions
     * @param bound how long an answer may take
     * @param failures bad answers in a row after which it is killed and started again
     */
    public record Probing(HealthProbe probe, Duration every, Duration bound, int failures) {
        public static final Probing NONE =
                new Probing(Optional::empty, Duration.ofHours(1), Duration.ofMinutes(1), Integer.MAX_VALUE);
    }
}
