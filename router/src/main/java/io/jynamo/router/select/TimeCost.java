package io.jynamo.router.select;

/**
 * The time that everybody together loses by giving the request to a worker, in milliseconds: its own wait and prefill;
 * what the worker's streams stand still meanwhile; what its decoding and theirs slow each other; and what the cached
 * tokens that it displaces would have spared later requests, who also queue behind it. Nothing in it is tuned: every
 * quantity is learned from the fleet ({@link WorkerPace}).
 */
public record TimeCost() implements CostModel {
    @Override
    public double cost(Candidates candidates, int i) {
        Outlook outlook = candidates.outlook(i);
        int cached = Math.min(candidates.hitBlocks(i) * candidates.blockTokens(), candidates.promptTokens());
        double prefill = outlook.prefillMillis(candidates.promptTokens() - cached);
        double others = outlook.streams() + outlook.busy() + outlook.reuse();
        double context = (double) candidates.promptTokens() * outlook.streams() + outlook.streamTokens();
        return outlook.waitMillis()
                + prefill * (1 + others)
                + outlook.outputTokens() * outlook.stepPerToken() * context;
    }

    @Override
    public boolean learns() {
        return true;
    }

    @Override
    public String unit() {
        return "ms";
    }
}
