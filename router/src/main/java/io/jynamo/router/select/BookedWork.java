package io.jynamo.router.select;

/**
 * Booked work alone, in blocks: prompt tokens still to compute, blocks in use, and one for every request, so that of two
 * workers with small prompts the one with fewer streams is preferred.
 */
public record BookedWork() implements CostModel {
    @Override
    public double cost(Candidates candidates, int i) {
        return (double) candidates.prefillTokens(i) / candidates.blockTokens()
                + candidates.activeBlocks(i)
                + candidates.requests(i);
    }
}
