package io.jynamo.frontend.generate;

import java.time.Duration;

/**
 * What generation requests may take.
 *
 * @param maxRequests running at one time; further ones are refused with 529
 * @param computeThreads threads that parse, render and tokenize
 * @param timeLimit longest a request may take from arrival to last byte
 * @param keepAlive silence after which a comment is sent on a stream
 * @param streamCredit output tokens per choice under way between engine and a client's socket
 */
public record GenerationLimits(
        int maxRequests, int computeThreads, Duration timeLimit, Duration keepAlive, int streamCredit) {
    public GenerationLimits {
        if (maxRequests < 1 || computeThreads < 1 || streamCredit < 1) {
            throw new IllegalArgumentException("limits must be at least 1");
        }
        if (!timeLimit.isPositive() || !keepAlive.isPositive()) {
            throw new IllegalArgumentException("durations must be positive");
        }
    }

    /** The same with another longest answer and another silence before a comment. */
    public GenerationLimits withTimes(Duration limit, Duration silence) {
        return new GenerationLimits(maxRequests, computeThreads, limit, silence, streamCredit);
    }
}
