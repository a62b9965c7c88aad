package io.jynamo.simulation;

import io.jynamo.engine.EngineOptions;
import io.jynamo.engine.simulated.PolynomialTiming;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.simulation.fleet.WorkerOptions;
import java.time.Duration;

/** A fleet of equal workers. */
public record Fleet(int workers, WorkerOptions worker) {
    private static final int MOST_WORKERS = 4_096;
    private static final Duration EVENT_DELAY = Duration.ofMillis(1);

    public Fleet {
        if (workers < 1 || workers > MOST_WORKERS) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "a simulated fleet has 1 to " + MOST_WORKERS + " workers, not " + workers);
        }
    }

    /**
     * Workers like NVIDIA Dynamo's mock engine with its defaults: 16,384 blocks of 64 tokens, 256 sequences and 8,192
     * tokens a step, its timing polynomial; KV events arrive after a millisecond.
     */
    public static Fleet ofMockers(int workers) {
        EngineOptions engine = EngineOptions.of("simulated", 1 << 18, 1 << 16)
                .withBlocks(64, 16_384)
                .withBatch(256, 8_192)
                .withPrefill(8_192, Duration.ZERO)
                .withQueue(1 << 20, Duration.ofSeconds(30));
        return new Fleet(workers, new WorkerOptions(engine, PolynomialTiming.dynamo(1), EVENT_DELAY));
    }
}
