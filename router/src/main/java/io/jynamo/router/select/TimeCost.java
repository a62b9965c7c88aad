package io.jynamo.router.select;

import io.jynamo.protocol.KvEvent.Tier;
import java.util.Arrays;

/**
 * The time that everybody together loses by giving the request to a worker, in milliseconds: its own wait and prefill,
 * with the blocks fetched for it from slower tiers; the engine's time, which counts as a client's; what those wait whose
 * prompts are computed with or after it; what streams stand still meanwhile; what cached tokens that it displaces would
 * have spared; how long later requests wait that come back to where its prompt was computed; and what its decoding and others'
 * slow each other.
 *
 * <p>Nothing is tuned to a model or a load: every quantity is learned from the fleet ({@link WorkerPace}). Three numbers are
 * a judgement. A stream's time counts half of that before a first token, since a reader has something to read. And two
 * streams that meet run side by side for half of what one takes, as they do where lengths are exponential. An adapter is read
 * from disk in the time of a few thousand prompt tokens.
 */
public record TimeCost() implements CostModel {
    private static final double STREAM = 0.5;
    private static final double OVERLAP = 0.5;
    private static final double CLIENT = 1;
    private static final double ENGINE = 1;
    /** Prompt tokens that are computed in the time in which an engine reads an adapter from disk. */
    private static final int ADAPTER_TOKENS = 4_096;

    @Override
    public double cost(Candidates candidates, Decision decision, int i) {
        Outlook outlook = candidates.outlook(i);
        double onto = millis(candidates, outlook, i);
        return outlook.waitMillis
                + onto * (held(outlook) + outlook.reuse)
                + returns(uncached(candidates, i), candidates.promptTokens(), outlook)
                + decode(candidates.promptTokens(), outlook);
    }

    @Override
    public void costs(Candidates candidates, Decision decision) {
        if (candidates.hasLowerTiers()) {
            CostModel.super.costs(candidates, decision);
            return;
        }
        int[] rows = candidates.rows();
        double[] costs = candidates.costs();
        int[] hits = candidates.hits();
        Lines lines = candidates.lines();
        int prompt = candidates.promptTokens();
        int bs = candidates.blockTokens();
        int count = candidates.count();
        boolean dense = candidates.isDense();
        double share = 1.0 / Math.max(1, prompt);
        for (int i = 0; i < count; i++) {
            int row = dense ? i : rows[i];
            int uncached = prompt - Math.min(hits[row] * bs, prompt);
            costs[i] = lines.fixed[row]
                    + uncached * (lines.perUncached[row] + share * lines.allUncached[row])
                    + prompt * lines.perPromptToken[row];
        }
    }

    /**
     * The cost without slower tiers as a line for each worker, by number, so that a decision computes few numbers of many
     * workers: {@code fixed + uncached x (perUncached + allUncached / prompt) + prompt x perPromptToken}.
     */
    static final class Lines {
        private double[] fixed;
        private double[] perUncached;
        private double[] allUncached;
        private double[] perPromptToken;

        Lines(int workers) {
            fixed = new double[workers];
            perUncached = new double[workers];
            allUncached = new double[workers];
            perPromptToken = new double[workers];
        }

        void reserve(int workers) {
            fixed = Arrays.copyOf(fixed, workers);
            perUncached = Arrays.copyOf(perUncached, workers);
            allUncached = Arrays.copyOf(allUncached, workers);
            perPromptToken = Arrays.copyOf(perPromptToken, workers);
        }

        void set(int worker, Outlook outlook) {
            double held = held(outlook) + outlook.reuse;
            double step = OVERLAP * STREAM * outlook.outputTokens * outlook.stepPerToken;
            fixed[worker] = outlook.waitMillis + held * outlook.prefillBase + step * outlook.contextTokens;
            perUncached[worker] = held * outlook.prefillPerToken;
            allUncached[worker] = outlook.returns * outlook.usualWaitMillis;
            perPromptToken[worker] = step * (outlook.streams + outlook.waiting);
        }
    }

    /** An engine that loads computes nothing, so it costs what as long a prompt does. */
    @Override
    public double adapterLoad(Candidates candidates, int i) {
        Outlook outlook = candidates.outlook(i);
        return outlook.prefillPerToken * ADAPTER_TOKENS * held(outlook);
    }

    @Override
    public double coldPrompt(Candidates candidates, int i) {
        return candidates.outlook(i).prefillMillis(candidates.promptTokens());
    }

    @Override
    public void explain(Candidates candidates, Decision decision, int i, TermSink terms) {
        Outlook outlook = candidates.outlook(i);
        int uncached = uncached(candidates, i);
        double prefill = outlook.prefillMillis(uncached);
        double fetch = fetch(candidates, outlook, i);
        double onto = prefill + fetch;
        terms.term("queue_wait", outlook.waitMillis);
        terms.term("prefill", prefill * CLIENT);
        terms.term("tier_fetch", fetch * CLIENT);
        terms.term("engine", onto * ENGINE);
        terms.term("others_wait", onto * (outlook.waiting + outlook.followers));
        terms.term("others_stall", onto * STREAM * outlook.streams);
        terms.term("displaced_cache", onto * outlook.reuse);
        terms.term("returns_wait", returns(uncached, candidates.promptTokens(), outlook));
        terms.term("decode_slowdown", decode(candidates.promptTokens(), outlook));
    }

    /** How long the worker works on the prompt. */
    private static double millis(Candidates candidates, Outlook outlook, int i) {
        return outlook.prefillMillis(uncached(candidates, i)) + fetch(candidates, outlook, i);
    }

    private static int uncached(Candidates candidates, int i) {
        int prompt = candidates.promptTokens();
        return prompt - Math.min(candidates.hitBlocks(i) * candidates.blockTokens(), prompt);
    }

    private static double fetch(Candidates candidates, Outlook outlook, int i) {
        if (!candidates.hasLowerTiers()) {
            return 0;
        }
        int far = candidates.hitBlocks(i, Tier.DISK) + candidates.hitBlocks(i, Tier.REMOTE);
        return candidates.blockTokens()
                * (outlook.fetchPerHostToken * candidates.hitBlocks(i, Tier.HOST) + outlook.fetchPerFarToken * far);
    }

    private static double held(Outlook outlook) {
        return CLIENT + ENGINE + outlook.waiting + outlook.followers + STREAM * outlook.streams;
    }

    /** What those usually wait that come back to where the prompt was computed, as far as it is this choice that brings them. */
    private static double returns(int uncached, int prompt, Outlook outlook) {
        return outlook.returns * outlook.usualWaitMillis * uncached / Math.max(1, prompt);
    }

    private static double decode(int prompt, Outlook outlook) {
        double company = (double) prompt * (outlook.streams + outlook.waiting) + outlook.contextTokens;
        return OVERLAP * STREAM * outlook.outputTokens * outlook.stepPerToken * company;
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
