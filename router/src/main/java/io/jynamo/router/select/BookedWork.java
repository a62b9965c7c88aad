package io.jynamo.router.select;

/**
 * Booked work alone, in blocks: prompt tokens still to compute, blocks in use, and one for every request, so that of two
 * workers with small prompts the one with fewer streams is preferred.
 */
public record BookedWork() implements CostModel {
    @Override
    public double cost(Candidates candidates, Decision decision, int i) {
        return prefill(candidates, i) + candidates.activeBlocks(i) + candidates.requests(i);
    }

    @Override
    public double coldPrompt(Candidates candidates, int i) {
        return candidates.promptBlocks();
    }

    @Override
    public void explain(Candidates candidates, Decision decision, int i, TermSink terms) {
        terms.term("booked_prefill", prefill(candidates, i));
        terms.term("active_blocks", (double) candidates.activeBlocks(i));
        terms.term("active_requests", candidates.requests(i));
    }

    private static double prefill(Candidates candidates, int i) {
        return (double) candidates.prefillTokens(i) / candidates.blockTokens();
    }
}
