package io.jynamo.router.select;

/**
 * What the workers of one model have in common, learned from all of them: how long prompts and steps take, how much a
 * request puts out, how much of a prompt is found cached. A new worker is expected to be like the others. Any thread.
 */
public final class FleetPace {
    /** Before anything is seen: an 8B model on a data-centre GPU. */
    private static final double PREFILL_BASE = 20;

    private static final double PREFILL_PER_TOKEN = 0.02;
    private static final double STEP_BASE = 8;
    private static final double STEP_PER_TOKEN = 2e-5;
    private static final double OUTPUT_TOKENS = 200;
    private static final double NEWEST = 0.01;

    private final LinearFit prefill = new LinearFit(PREFILL_BASE, PREFILL_PER_TOKEN, 0, 8_192);
    private final LinearFit step = new LinearFit(STEP_BASE, STEP_PER_TOKEN, 0, 100_000);
    private double outputTokens = OUTPUT_TOKENS;
    private double promptTokens;
    private double cachedTokens;
    private double followers;

    /** What holds at one moment. */
    record Common(
            double prefillBase,
            double prefillPerToken,
            double stepPerToken,
            double outputTokens,
            double reuse,
            double followers) {
        double prefillMillis(long tokens) {
            return prefillBase + prefillPerToken * tokens;
        }
    }

    synchronized Common common() {
        double reuse = promptTokens == 0 ? 0 : cachedTokens / promptTokens;
        return new Common(prefill.base(), prefill.slope(), step.slope(), outputTokens, reuse, followers);
    }

    synchronized void seePrompt(int prompt, int uncached) {
        promptTokens += NEWEST * (prompt - promptTokens);
        cachedTokens += NEWEST * (prompt - uncached - cachedTokens);
    }

    synchronized void seePrefill(long tokens, double millis) {
        prefill.see((double) tokens, millis);
    }

    synchronized void seeStep(long contextTokens, double millis) {
        step.see((double) contextTokens, millis);
    }

    synchronized void seeFollowers(long count) {
        followers += NEWEST * (count - followers);
    }

    synchronized void seeOutput(long tokens) {
        outputTokens += NEWEST * (tokens - outputTokens);
    }
}
