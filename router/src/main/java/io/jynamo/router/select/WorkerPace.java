package io.jynamo.router.select;

import org.jspecify.annotations.Nullable;

/**
 * How fast one worker is and when it will be through with what it was given, learned from its first tokens and steps.
 *
 * <p><b>How it works.</b> An engine computes prompts in turn, or side by side, as several behind one address do; which, the
 * fleet learns ({@link FleetPace}). In turn: {@code freeAt} is when the prompts given so far should be computed. A new one
 * adds what the fleet's line says, times this worker's own factor; each one computed corrects it by what still waits. A
 * period from the first prompt that waits until none does, or until two seconds have passed, is one sighting: so many
 * tokens took so long. Side by side: each prompt is a sighting, and nobody waits for another. The factor is what the
 * worker takes longer than the fleet ({@link PaceFactor}). Steps count only where no prompt waits, so that they are pure
 * decoding.
 *
 * <p>How long prompts usually wait follows from how busy it lately was, as where they come and take as chance has it.
 *
 * <p>Any thread.
 */
public final class WorkerPace {
    private static final double NEWEST_PERIOD = 0.2;
    private static final double NEWEST_PROMPT = 0.05;
    private static final double USUAL_SECONDS = 30;
    /** What tokens side by side are taken to hold each other up at least, of what they would in turn: none comes at no cost. */
    private static final double COMPANY = 0.125;

    private static final double MOST_BUSY = 0.95;
    private static final double MOST_RETURNS = 20;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final long LONG_PERIOD_NANOS = 2_000_000_000;

    private final FleetPace fleet;
    private long freeAt;
    private boolean begun;
    private int waiting;
    private long waitingContext;
    private long waitingTokens;
    private Period period = new Period(0, 0);
    private int streams;
    private long streamTokens;
    private final PaceFactor inTurn = new PaceFactor(NEWEST_PERIOD);
    private final PaceFactor sideBySide = new PaceFactor(NEWEST_PROMPT);
    private long given;
    /** Milliseconds of computing prompts that it was given, fading, and what of that was one prompt's; as of the last one. */
    private double work;

    private double prompts;
    /** Tokens that it did not have, where it does not tell its blocks; fading likewise. */
    private double fill;

    private long workAt;
    /** Tokens of a prompt that were to be computed, and were: of those ahead no more is known. */
    private double guessed;

    private double computed;
    private volatile int changes;

    /** One of a fleet, from which it is not known to differ yet. */
    public WorkerPace(FleetPace fleet) {
        this.fleet = fleet;
    }

    /** A request that the worker was given, until it ends; its state is the pace's. */
    public static final class Given {
        private final int promptTokens;
        private final int uncached;
        private final int hostTokens;
        private final int farTokens;
        private final boolean countedLater;
        private final long number;
        private final long at;
        private final long tokensAhead;
        private final int promptsAhead;
        private @Nullable Period computedIn;
        private double millis;
        private boolean prefilled;
        private boolean ended;
        private long outputTokens;
        private long lastTokenAt;
        private boolean clean;

        private Given(Prompt prompt, long number, long at, long tokensAhead, int promptsAhead) {
            this.promptTokens = prompt.tokens();
            this.uncached = prompt.uncached();
            this.hostTokens = prompt.hostTokens();
            this.farTokens = prompt.farTokens();
            this.countedLater = prompt.countedLater();
            this.number = number;
            this.at = at;
            this.tokensAhead = tokensAhead;
            this.promptsAhead = promptsAhead;
        }
    }

    /**
     * A prompt given to a worker.
     *
     * @param uncached tokens to be computed
     * @param hostTokens whose KV comes from host memory
     * @param farTokens whose KV comes from disk or farther
     * @param countedLater whether {@code uncached} is a guess, and {@link #onCached} will tell
     */
    public record Prompt(int tokens, int uncached, int hostTokens, int farTokens, boolean countedLater) {}

    /** A time in which prompts were computed. */
    private static final class Period {
        private final long at;
        private long tokens;
        private long hostTokens;
        private long farTokens;
        private double millis = -1;
        private int owed;
        private boolean spoilt;

        Period(long at, long tokens) {
            this.at = at;
            this.tokens = tokens;
        }

        boolean isKnown() {
            return millis >= 0 && owed == 0 && !spoilt;
        }
    }

    /** The worker was given a prompt. */
    public synchronized Given onGiven(Prompt prompt, long nowNanos) {
        changes++;
        boolean idle = waiting == 0;
        long starts = idle ? nowNanos : Math.max(nowNanos, freeAt);
        FleetPace.Common common = fleet.common();
        fleet.seePrompt(prompt.tokens(), prompt.uncached());
        // Prompts that wait together share a step, so only the first pays for it.
        double work = common.prefillPerToken() * prompt.uncached()
                + common.fetchMillis(prompt.hostTokens(), prompt.farTokens());
        double millis = inTurn.now(nowNanos) * (work + (idle ? common.prefillBase() : 0));
        freeAt = starts + (long) (millis * NANOS_PER_MILLI);
        double kept = kept(nowNanos);
        this.work = kept * this.work + millis;
        prompts = kept * prompts + 1;
        if (prompt.countedLater()) {
            fill = kept * fill + prompt.uncached();
            fleet.seeFill(fill);
        }
        workAt = nowNanos;
        begun = true;
        Given one = new Given(prompt, ++given, nowNanos, waitingTokens, waiting);
        waiting++;
        waitingContext += prompt.tokens();
        waitingTokens += prompt.uncached();
        if (idle) {
            period = new Period(nowNanos, 0);
        }
        period.tokens += prompt.uncached();
        period.hostTokens += prompt.hostTokens();
        period.farTokens += prompt.farTokens();
        return one;
    }

    /** The prompt is computed; {@code leftTokens} of others still wait. */
    public synchronized void onPrefilled(Given given, long leftTokens, long nowNanos) {
        changes++;
        if (given.prefilled || given.ended) {
            return;
        }
        given.prefilled = true;
        fleet.seeFollowers(this.given - given.number);
        given.lastTokenAt = nowNanos;
        waiting--;
        waitingContext -= given.promptTokens;
        waitingTokens -= given.uncached;
        streams++;
        streamTokens += given.promptTokens;
        given.millis = (nowNanos - given.at) / NANOS_PER_MILLI;
        if (!given.countedLater) {
            learnAlone(given, given.uncached, nowNanos);
        }
        given.computedIn = period;
        period.owed += given.countedLater ? 1 : 0;
        if (waiting == 0 || nowNanos - period.at > LONG_PERIOD_NANOS) {
            Period over = period;
            over.tokens -= leftTokens;
            over.millis = (nowNanos - over.at) / NANOS_PER_MILLI;
            period = new Period(nowNanos, leftTokens);
            learn(over, nowNanos);
        }
        correct(leftTokens, nowNanos);
    }

    /** So many of the prompt's tokens turned out to be cached. */
    public synchronized void onCached(Given given, int tokens, long nowNanos) {
        Period in = given.computedIn;
        if (in != null && given.countedLater) {
            in.tokens += given.promptTokens - tokens - given.uncached;
            learnAlone(given, Math.max(0, given.promptTokens - tokens), nowNanos);
            settle(given, in, nowNanos);
        }
    }

    /** Nothing more is to be heard of the prompt. */
    private void settle(Given given, Period in, long nowNanos) {
        given.computedIn = null;
        in.owed--;
        learn(in, nowNanos);
    }

    /** The request put out {@code tokens} more. */
    public synchronized void onTokens(Given given, int tokens, long nowNanos) {
        changes++;
        if (given.ended || tokens <= 0) {
            return;
        }
        if (given.prefilled && given.clean && waiting == 0 && given.outputTokens > 0) {
            fleet.seeStep(streamTokens, (nowNanos - given.lastTokenAt) / NANOS_PER_MILLI / tokens);
        }
        given.clean = waiting == 0;
        given.outputTokens += tokens;
        given.lastTokenAt = nowNanos;
        if (given.prefilled) {
            streamTokens += tokens;
        }
    }

    /** The request is no longer the worker's; {@code done} unless it failed. */
    public synchronized void onEnd(Given given, boolean done, long leftTokens, long nowNanos) {
        changes++;
        if (given.ended) {
            return;
        }
        given.ended = true;
        if (given.prefilled) {
            streams--;
            streamTokens -= given.promptTokens + given.outputTokens;
        } else {
            waiting--;
            waitingContext -= given.promptTokens;
            waitingTokens -= given.uncached;
            period.tokens -= given.uncached;
            period.hostTokens -= given.hostTokens;
            period.farTokens -= given.farTokens;
            correct(leftTokens, nowNanos);
        }
        Period in = given.computedIn;
        if (in != null && given.countedLater) {
            in.spoilt = true;
            settle(given, in, nowNanos);
        }
        if (done && given.outputTokens > 0) {
            fleet.seeOutput(given.outputTokens);
        }
    }

    /** Another number after each event: what is expected of it may be something else. */
    public int changes() {
        return changes;
    }

    /** What is expected of it now. */
    public synchronized Outlook outlook(long nowNanos) {
        FleetPace.Common common = fleet.common();
        if (common.sideBySide()) {
            return outlookOfSideBySide(common, nowNanos);
        }
        double factor = inTurn.now(nowNanos);
        double wait = begun && waiting > 0 ? Math.max(0, (freeAt - nowNanos) / NANOS_PER_MILLI) : 0;
        return new Outlook(
                wait,
                factor * common.prefillBase(),
                factor * common.prefillPerToken(),
                factor * common.fetchPerHostToken(),
                factor * common.fetchPerFarToken(),
                waiting,
                streams,
                streamTokens + waitingContext,
                factor * common.stepPerToken(),
                common.outputTokens(),
                displaced(common, nowNanos),
                common.followers(),
                returns(common),
                usualWait(nowNanos));
    }

    /**
     * Nobody waits much for another, or stands still while it computes. Where first tokens take so long for other reasons
     * that a prompt's length hardly shows, a token takes what it does of periods. The latency is the client's alone.
     */
    private Outlook outlookOfSideBySide(FleetPace.Common common, long nowNanos) {
        double factor = sideBySide.now(nowNanos);
        double perToken = Math.max(common.alonePerToken(), common.prefillPerToken());
        double perTokenAhead = Math.max(common.perTokenAhead(), COMPANY * perToken);
        double ahead = perTokenAhead * waitingTokens + common.perPromptAhead() * waiting;
        return new Outlook(
                factor * (common.latency() + ahead),
                factor * common.perPromptAhead(),
                factor * perToken,
                factor * common.fetchPerHostToken(),
                factor * common.fetchPerFarToken(),
                COMPANY * waiting,
                0,
                streamTokens + waitingContext,
                factor * common.stepPerToken(),
                common.outputTokens(),
                displaced(common, nowNanos),
                0,
                returns(common),
                usualWait(nowNanos));
    }

    /**
     * What a token is worth that a prompt's displaces: what is likely found again, and more by as much as the worker is
     * pressed harder than others, since the prompt will come back and take the place of another's each time.
     */
    private double displaced(FleetPace.Common common, long nowNanos) {
        double harder = fill == 0 ? 0 : common.pressure(kept(nowNanos) * fill) - 1;
        return Math.max(0, common.reuse() * (1 + harder * returns(common)));
    }

    private static double returns(FleetPace.Common common) {
        return Math.min(MOST_RETURNS, common.reuse() / Math.max(1e-9, 1 - common.reuse()));
    }

    /** What is left of the work given, as time fades it. */
    private double kept(long nowNanos) {
        return prompts == 0 ? 0 : Math.pow(0.5, (nowNanos - workAt) / 1e9 / USUAL_SECONDS);
    }

    /** How long prompts wait here as it has been busy lately: as they do where they come and take as chance has it. */
    private double usualWait(long nowNanos) {
        if (prompts == 0) {
            return 0;
        }
        double busy = Math.min(MOST_BUSY, kept(nowNanos) * work * Math.log(2) / (1e3 * USUAL_SECONDS));
        return busy / (1 - busy) * work / prompts;
    }

    /**
     * Learns from a period that is over, once it is known how many tokens were computed in it: of fetching, where any
     * were fetched; else of pace.
     */
    private void learn(Period of, long nowNanos) {
        if (!of.isKnown()) {
            return;
        }
        if (of.hostTokens > 0 || of.farTokens > 0) {
            double computing = inTurn.now(nowNanos) * fleet.common().prefillMillis(of.tokens);
            fleet.seeFetch(of.hostTokens, of.farTokens, Math.max(0, of.millis - computing));
            return;
        }
        if (of.tokens <= 0) {
            return;
        }
        inTurn.see(of.millis, fleet.common().prefillMillis(of.tokens), nowNanos);
        fleet.seePrefill(of.tokens, of.millis);
    }

    /** Learns what one prompt took from when it was given. */
    private void learnAlone(Given given, int uncached, long nowNanos) {
        if (given.hostTokens == 0 && given.farTokens == 0) {
            guessed += NEWEST_PROMPT * (given.uncached - guessed);
            computed += NEWEST_PROMPT * (uncached - computed);
            long ahead = guessed == 0 ? 0 : (long) (given.tokensAhead * computed / guessed);
            double expected = fleet.usualFirstToken(uncached, ahead, given.promptsAhead);
            sideBySide.see(given.millis, expected, nowNanos);
            fleet.seeFirstToken(uncached, ahead, given.promptsAhead, given.millis);
        }
    }

    /** What still waits takes as long as the line says, counted from now. */
    private void correct(long leftTokens, long nowNanos) {
        FleetPace.Common common = fleet.common();
        double millis = waiting == 0 ? 0 : inTurn.now(nowNanos) * common.prefillMillis(leftTokens);
        freeAt = nowNanos + (long) (millis * NANOS_PER_MILLI);
    }
}
