package io.jynamo.router;

import io.jynamo.protocol.WorkerId;
import java.util.List;

/**
 * Why a worker was chosen.
 *
 * @param policy name of the policy
 * @param chosen the worker
 * @param reason in words
 * @param candidates every worker looked at
 */
public record Explanation(String policy, WorkerId chosen, String reason, List<Candidate> candidates) {
    public Explanation {
        candidates = List.copyOf(candidates);
    }

    /**
     * One worker as the policy saw it.
     *
     * @param hitBlocks leading blocks of the prompt that it has cached
     * @param bookedPrefillTokens prompt tokens booked on it and not yet computed
     * @param bookedBlocks blocks of requests booked on it
     * @param cost what the policy minimised
     */
    public record Candidate(WorkerId worker, int hitBlocks, long bookedPrefillTokens, long bookedBlocks, double cost) {}
}
