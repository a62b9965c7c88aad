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
     * @param hits leading blocks of the prompt that it has cached
     * @param bookedPrefillTokens prompt tokens booked on it and not yet computed
     * @param bookedBlocks blocks of requests booked on it
     * @param bookedRequests requests booked on it, each choice counted
     * @param cost what the policy minimised
     * @param terms what the cost is made of, in its unit; none where the policy has no cost
     */
    public record Candidate(
            WorkerId worker,
            TierHits hits,
            long bookedPrefillTokens,
            long bookedBlocks,
            int bookedRequests,
            double cost,
            List<Term> terms) {
        public Candidate {
            terms = List.copyOf(terms);
        }
    }

    /** Leading blocks found on the device, and what each slower tier adds to those before it. */
    public record TierHits(int device, int host, int disk, int remote) {
        public int total() {
            return device + host + disk + remote;
        }
    }

    /** A part of a cost. */
    public record Term(String name, double value) {}
}
