package io.jynamo.router.select;

/**
 * Each worker in turn: the one chosen longest ago, in the candidates' order among those never chosen. Workers that come,
 * go or are full for a while do not disturb the turns of the others.
 */
public final class RoundRobin implements SelectionPolicy {
    @Override
    public boolean readsBlocks() {
        return false;
    }

    @Override
    public int choose(Candidates candidates) {
        int best = 0;
        for (int i = 0; i < candidates.count(); i++) {
            candidates.cost(i, (double) candidates.lastChosen(i));
            if (candidates.lastChosen(i) < candidates.lastChosen(best)) {
                best = i;
            }
        }
        return best;
    }

    @Override
    public String reason(Candidates candidates, int chosen) {
        return "its turn among " + candidates.count() + " workers";
    }
}
