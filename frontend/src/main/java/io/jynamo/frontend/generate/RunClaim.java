package io.jynamo.frontend.generate;

import io.jynamo.router.Claim;
import io.jynamo.router.Wishes;

/** What a run may claim where not everybody can be served at once. Written before it is placed and on its event loop. */
final class RunClaim {
    /** So that batch requests come to an end however many others come. */
    private static final int MOST_PREEMPTIONS = 3;

    private volatile Claim claim = Claim.ORDINARY;
    private volatile Wishes wishes = Wishes.NONE;
    private int preemptions;

    Claim get() {
        return claim;
    }

    /** Which workers it may go to. */
    Wishes wishes() {
        return wishes;
    }

    void set(Claim what, Wishes wanted) {
        claim = what;
        wishes = wanted;
    }

    /** It gave its place to others; who did so often enough does so no more. */
    void onGaveWay() {
        preemptions++;
        if (preemptions == MOST_PREEMPTIONS) {
            claim = claim.notPreemptible();
        }
    }
}
