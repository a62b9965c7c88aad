package io.jynamo.router.select;

/**
 * What the workers of one model have in common, learned from all of them: how long prompts and steps take, how much a
 * request puts out, how much of a prompt is found cached, and whether engines compute prompts in turn or side by side. A new
 * worker is expected to be like the others. Any thread.
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
    /** Workers that lately filled more than the usual push out what is as much more likely wanted again, up to this. */
    private static final double MOST_PRESSURE = 3;

    private static final double NEWEST_FILL = 0.05;
    /**
     * Side by side is believed where a token ahead holds a prompt up by less than this share of what its own do. In turn it is
     * half and more, since the prompt ahead is half done when the next one comes.
     */
    private static final double SIDE_BY_SIDE = 0.25;

    private static final double MOST_OFF = 8;
    private static final double LEAST_MILLIS = 1e-3;

    private final LinearFit prefill = new LinearFit(PREFILL_BASE, PREFILL_PER_TOKEN, 0, 8_192);
    private final FirstTokenFit firstTokens = new FirstTokenFit(PREFILL_BASE, PREFILL_PER_TOKEN, 8_192);
    private final LinearFit step = new LinearFit(STEP_BASE, STEP_PER_TOKEN, 0, 100_000);
    /** How many times as long as the line says first tokens usually take: noise makes the usual less than the mean. */
    private double usual = 1;
    /** Tokens lately given to a worker that does not tell its blocks, and not found there, at the usual one. */
    private double fill;

    private double outputTokens = OUTPUT_TOKENS;
    private double promptTokens;
    private double cachedTokens;
    private double followers;
    private double hostShare = HOST_SHARE;
    private double farShare = FAR_SHARE;

    /** What holds at one moment, in memory of its reader, who may have it written again. */
    static final class Common {
        double prefillBase;
        double prefillPerToken;
        double fetchPerHostToken;
        double fetchPerFarToken;
        double stepPerToken;
        double outputTokens;
        double reuse;
        double followers;
        boolean sideBySide;
        double latency;
        double alonePerToken;
        double perTokenAhead;
        double perPromptAhead;
        double fill;

        double prefillMillis(long tokens) {
            return prefillBase + prefillPerToken * tokens;
        }

        double fetchMillis(long hostTokens, long farTokens) {
            return fetchPerHostToken * hostTokens + fetchPerFarToken * farTokens;
        }

        /**
         * How many times as much as elsewhere what a prompt displaces is worth on a worker that was lately given so many: it
         * displaces what was used last the sooner, the more it was given.
         */
        double pressure(double tokens) {
            return fill == 0 ? 1 : Math.min(MOST_PRESSURE, tokens / fill);
        }
    }

    synchronized void read(Common into) {
        into.prefillBase = prefill.base();
        into.prefillPerToken = prefill.slope();
        into.fetchPerHostToken = prefill.slope() * hostShare;
        into.fetchPerFarToken = prefill.slope() * farShare;
        into.stepPerToken = step.slope();
        into.outputTokens = outputTokens;
        into.reuse = promptTokens == 0 ? 0 : cachedTokens / promptTokens;
        into.followers = followers;
        into.sideBySide = firstTokens.perTokenAhead() < SIDE_BY_SIDE * firstTokens.perToken();
        into.latency = firstTokens.latency();
        into.alonePerToken = firstTokens.perToken();
        into.perTokenAhead = firstTokens.perTokenAhead();
        into.perPromptAhead = firstTokens.perPromptAhead();
        into.fill = fill;
    }

    synchronized void seePrompt(int prompt, int uncached) {
        promptTokens += NEWEST * (prompt - promptTokens);
        cachedTokens += NEWEST * (prompt - uncached - cachedTokens);
    }

    synchronized void seePrefill(long tokens, double millis) {
        prefill.see((double) tokens, millis);
    }

    /** A worker that does not tell its blocks was lately given so many tokens that it did not have. */
    synchronized void seeFill(double tokens) {
        fill += NEWEST_FILL * (tokens - fill);
    }

    /** How long a first token usually takes where {@code prompts} of {@code ahead} tokens were to be computed before. */
    synchronized double usualFirstToken(long tokens, long ahead, int prompts) {
        return usual * firstTokens.millis(tokens, ahead, prompts);
    }

    /** One first token took so long from when the prompt was given. */
    synchronized void seeFirstToken(long tokens, long ahead, int prompts, double millis) {
        double expected = usual * firstTokens.millis(tokens, ahead, prompts);
        double off = Math.clamp(millis / Math.max(LEAST_MILLIS, expected), 1 / MOST_OFF, MOST_OFF);
        usual *= Math.pow(off, NEWEST);
        firstTokens.see(tokens, ahead, prompts, millis);
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
