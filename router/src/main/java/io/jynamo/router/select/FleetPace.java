package io.jynamo.router.select;

/**
 * What the workers of one model have in common, learned from all of them: how long prompts and steps take, how much a
 * request puts out, how much of a prompt is found cached, and whether engines compute prompts in turn or side by side: that
 * whose guesses of first tokens lately were clearly the better. A new worker is expected to be like the others. Any thread.
 */
public final class FleetPace {
    /** Before anything is seen: an 8B model on a data-centre GPU. */
    private static final double PREFILL_BASE = 20;

    private static final double PREFILL_PER_TOKEN = 0.02;
    private static final double STEP_BASE = 8;
    private static final double STEP_PER_TOKEN = 2e-5;
    private static final double OUTPUT_TOKENS = 200;
    /** Of what computing a token takes, fetching its KV from host memory or from farther: Dynamo's weights say so too. */
    private static final double HOST_SHARE = 0.25;

    private static final double FAR_SHARE = 0.75;
    private static final double NEWEST = 0.01;
    private static final double NEWEST_FETCH = 0.1;
    private static final double LEAST_MILLIS = 0.1;
    private static final double MOST_OFF = 3;
    /** Side by side is believed where its guesses are off by less than this share of what those in turn are. */
    private static final double CLEARLY = 0.7;

    private final LinearFit prefill = new LinearFit(PREFILL_BASE, PREFILL_PER_TOKEN, 0, 8_192);
    private final LinearFit alone = new LinearFit(PREFILL_BASE, PREFILL_PER_TOKEN, 0, 8_192);
    private final LinearFit step = new LinearFit(STEP_BASE, STEP_PER_TOKEN, 0, 100_000);
    private double outputTokens = OUTPUT_TOKENS;
    private double promptTokens;
    private double cachedTokens;
    private double followers;
    private double hostShare = HOST_SHARE;
    private double farShare = FAR_SHARE;
    /** How far guesses were off, as logarithms of ratios. */
    private double offInTurn = 1;

    private double offSideBySide = 1;

    /** When a prompt should be computed, in milliseconds: in turn after those before it, or side by side with them. */
    record Guess(double inTurn, double sideBySide) {}

    /** What holds at one moment. */
    record Common(
            double prefillBase,
            double prefillPerToken,
            double fetchPerHostToken,
            double fetchPerFarToken,
            double stepPerToken,
            double outputTokens,
            double reuse,
            double followers,
            boolean sideBySide,
            double aloneBase,
            double alonePerToken) {
        double prefillMillis(long tokens) {
            return prefillBase + prefillPerToken * tokens;
        }

        double aloneMillis(long tokens) {
            return aloneBase + alonePerToken * tokens;
        }

        double fetchMillis(long hostTokens, long farTokens) {
            return fetchPerHostToken * hostTokens + fetchPerFarToken * farTokens;
        }
    }

    synchronized Common common() {
        double reuse = promptTokens == 0 ? 0 : cachedTokens / promptTokens;
        return new Common(
                prefill.base(),
                prefill.slope(),
                prefill.slope() * hostShare,
                prefill.slope() * farShare,
                step.slope(),
                outputTokens,
                reuse,
                followers,
                offSideBySide < CLEARLY * offInTurn,
                alone.base(),
                alone.slope());
    }

    synchronized void seePrompt(int prompt, int uncached) {
        promptTokens += NEWEST * (prompt - promptTokens);
        cachedTokens += NEWEST * (prompt - uncached - cachedTokens);
    }

    synchronized void seePrefill(long tokens, double millis) {
        prefill.see((double) tokens, millis);
    }

    /** One prompt took so long from when it was given. */
    synchronized void seeAlone(long tokens, double millis) {
        alone.see((double) tokens, millis);
    }

    /** How long a prompt took of which this was the guess. */
    synchronized void seeGuess(Guess guess, double millis) {
        offInTurn += NEWEST * (off(guess.inTurn(), millis) - offInTurn);
        offSideBySide += NEWEST * (off(guess.sideBySide(), millis) - offSideBySide);
    }

    private static double off(double guess, double millis) {
        return Math.min(MOST_OFF, Math.abs(Math.log(Math.max(LEAST_MILLIS, millis) / Math.max(LEAST_MILLIS, guess))));
    }

    /** Beside computing its prompts, a worker took so long to fetch tokens' KV, all of them from one kind of tier. */
    synchronized void seeFetch(long hostTokens, long farTokens, double millis) {
        double share = millis / ((hostTokens + farTokens) * Math.max(1e-9, prefill.slope()));
        double seen = Math.clamp(share, 0, 2);
        if (farTokens == 0) {
            hostShare += NEWEST_FETCH * (seen - hostShare);
        } else if (hostTokens == 0) {
            farShare += NEWEST_FETCH * (seen - farShare);
        }
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
