package io.jynamo.frontend.generate;

/**
 * How many requests may be given to a second worker: each that comes adds its share of one, and those not used are kept up to
 * {@link #MOST_SAVED}. Pure, and not for several threads at once.
 */
final class HedgeBudget {
    static final int MOST_SAVED = 100;

    private final double share;
    private double saved;

    /** @param share hedges per request, 0 to 1 */
    HedgeBudget(double share) {
        this.share = share;
    }

    void onRequest() {
        saved = Math.min(MOST_SAVED, saved + share);
    }

    /** Takes one; false where there is none. */
    boolean tryTake() {
        // What a share adds up to in binary falls a little short of one.
        if (saved < 1 - 1e-9) {
            return false;
        }
        saved -= 1;
        return true;
    }

    /** One that was taken was of no use. */
    void giveBack() {
        saved = Math.min(MOST_SAVED, saved + 1);
    }
}
