package io.jynamo.router;

import io.jynamo.protocol.KvEvent.Tier;
import io.jynamo.protocol.WorkerId;
import io.jynamo.router.select.Candidates;
import io.jynamo.router.select.SelectionPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Why a choice fell as it did, from the rows that it was made of. One thread at a time. */
final class Explainer {
    private final RoutingPolicy policy;
    private final Roster roster;
    private final Candidates candidates;
    private final Sessions sessions;

    Explainer(RoutingPolicy policy, Roster roster, Candidates candidates, Sessions sessions) {
        this.policy = policy;
        this.roster = roster;
        this.candidates = candidates;
        this.sessions = sessions;
    }

    /** @param chosen the row of the worker that gets the request */
    Explanation explain(SelectionPolicy by, Router.Request request, int chosen, long nowNanos) {
        Explanation.Candidate[] looked = new Explanation.Candidate[candidates.count()];
        for (int i = 0; i < looked.length; i++) {
            List<Explanation.Term> terms = new ArrayList<>();
            by.explain(candidates, i, (name, value) -> terms.add(new Explanation.Term(name, value)));
            looked[i] = new Explanation.Candidate(
                    roster.at(candidates.key(i)).worker().id(),
                    new Explanation.TierHits(
                            candidates.hitBlocks(i, Tier.DEVICE),
                            candidates.hitBlocks(i, Tier.HOST),
                            candidates.hitBlocks(i, Tier.DISK),
                            candidates.hitBlocks(i, Tier.REMOTE)),
                    candidates.prefillTokens(i),
                    candidates.activeBlocks(i),
                    candidates.requests(i),
                    candidates.cost(i),
                    terms);
        }
        WorkerId worker = looked[chosen].worker();
        boolean kept = worker.equals(sessions.find(request, nowNanos));
        String reason = request.wishes().pinned() != null
                ? "the request asks for this worker"
                : (kept ? "its session was here; " : "") + by.reason(candidates, chosen);
        return new Explanation(policy.id(), worker, reason, Arrays.asList(looked));
    }
}
