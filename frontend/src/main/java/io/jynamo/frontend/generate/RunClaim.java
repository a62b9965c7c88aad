package io.jynamo.frontend.generate;

import io.jynamo.router.Claim;

/** What a run may claim where not everybody can be served at once. Written before it is placed and on its event loop. */
final class RunClaim {
    /** So that batch requests come to an end however many others come. */
    private static final int MOST_PREEMPTIONS = 3;

    private volatile Claim claim = Claim.ORDINARY;
    private int preemptions;

    Claim get() {
        return claim;
    }

    void set(Claim what) {
        claim = what;
    }

    /** It gave its place to others; who did so often enough does so no more. */
    void onGaveWay() {
        preemptions++;
        if (preemptions == MOST_PREEMPTIONS) {
            Claim said = claim;
            claim = new Claim(said.tenant(), said.strictPriority(), said.firstTokenWithin(), false);
        }
    }
}
