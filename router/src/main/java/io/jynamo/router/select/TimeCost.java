package io.jynamo.router.select;

/**
 * The time that everybody together loses by giving the request to a worker, in milliseconds: its own wait and prefill; the
 * engine's time, which counts as a client's; what those wait whose prompts are computed with or after it; what streams
 * stand still meanwhile; what cached tokens that it displaces would have spared; and what its decoding and others' slow
 * each other.
 *
 * <p>Nothing is tuned to a model or a load: every quantity is learned from the fleet ({@link WorkerPace}). Two numbers are
 * a judgement. A stream's time counts half of that before a first token, since a reader has something to read. And two
 * streams that meet run side by side for half of what one takes, as they do where lengths are exponential.
 */
public record TimeCost() implements CostModel {
    private static final double STREAM = 0.5;
    private static final double OVERLAP = 0.5;

    @Override
    public double cost(Candidates candidates, int i) {
        Outlook outlook = candidates.outlook(i);
        int prompt = candidates.promptTokens();
        int cached = Math.min(candidates.hitBlocks(i) * candidates.blockTokens(), prompt);
        double client = 1;
        double engine = 1;
        double held = client + engine + outlook.waiting() + outlook.followers() + STREAM * outlook.streams();
        double prefill = outlook.prefillMillis(prompt - cached) * (held + outlook.reuse());
        double company = (double) prompt * (outlook.streams() + outlook.waiting()) + outlook.contextTokens();
        double decode = OVERLAP * STREAM * outlook.outputTokens() * outlook.stepPerToken() * company;
        return outlook.waitMillis() + prefill + decode;
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
