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
    private static final int SPARES = 16;

    private final FleetPace fleet;
    private long freeAt;
    private boolean begun;
    private int waiting;
    private long waitingContext;
    private long waitingTokens;
    private Period period = new Period();
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
    /** Of requests that ended, to stand for others. */
    private final @Nullable Given[] spares = new Given[SPARES];

    private int spare;
    /** The fleet's, as it was last read. */
    private final FleetPace.Common common = new FleetPace.Common();

    /** One of a fleet, from which it is not known to differ yet. */
    public WorkerPace(FleetPace fleet) {
        this.fleet = fleet;
    }

    /**
     * A request that the worker was given, until it ends; its state is the pace's. Then it stands for another, so whoever has
     * it lets go of it with {@link #onEnd}.
     */
    public static final class Given {
        private int promptTokens;
        private int uncached;
        private int hostTokens;
        private int farTokens;
        private boolean countedLater;
        private long number;
        private long at;
        private long tokensAhead;
        private int promptsAhead;
        private @Nullable Period computedIn;
        private double millis;
        private boolean prefilled;
        private boolean ended;
        private long outputTokens;
        private long lastTokenAt;
        private boolean clean;

        private Given() {}

        private void set(Prompt prompt, long serial, long nowNanos, long tokensWaiting, int promptsWaiting) {
            promptTokens = prompt.tokens;
            uncached = prompt.uncached;
            hostTokens = prompt.hostTokens;
            farTokens = prompt.farTokens;
            countedLater = prompt.countedLater;
            number = serial;
            at = nowNanos;
            tokensAhead = tokensWaiting;
            promptsAhead = promptsWaiting;
            computedIn = null;
            millis = 0;
            prefilled = false;
            ended = false;
            outputTokens = 0;
            lastTokenAt = 0;
            clean = false;
        }
    }

    /** A prompt given to a worker: its numbers, in memory that the next one uses again. One thread at a time. */
    public static final class Prompt {
        private int tokens;
        private int uncached;
        private int hostTokens;
        private int farTokens;
        private boolean countedLater;

        /**
         * Of so many tokens, all on the device or computed there.
         *
         * @param computed those to be computed
         * @param guessed whether that is a guess, and {@link #onCached} will tell
         */
        public Prompt set(int all, int computed, boolean guessed) {
            tokens = all;
            uncached = computed;
            countedLater = guessed;
            return fetching(0, 0);
        }

        /**
         * The same where KV is fetched from elsewhere.
         *
         * @param host tokens whose KV comes from host memory
         * @param far tokens whose KV comes from disk or farther
         */
        public Prompt fetching(int host, int far) {
            hostTokens = host;
            farTokens = far;
            return this;
        }
    }

    /** A time in which prompts were computed. */
    private static final class Period {
        private long at;
        private long tokens;
        private long hostTokens;
        private long farTokens;
        private double millis = -1;
        /** Requests that will yet tell what was computed of them in it, and point to it until then. */
        private int owed;

        private boolean spoilt;

        void begin(long nowNanos, long given) {
            at = nowNanos;
            tokens = given;
            hostTokens = 0;
            farTokens = 0;
            millis = -1;
            spoilt = false;
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
        fleet.read(common);
        fleet.seePrompt(prompt.tokens, prompt.uncached);
        // Prompts that wait together share a step, so only the first pays for it.
        double work =
                common.prefillPerToken * prompt.uncached + common.fetchMillis(prompt.hostTokens, prompt.farTokens);
        double millis = inTurn.now(nowNanos) * (work + (idle ? common.prefillBase : 0));
        freeAt = starts + (long) (millis * NANOS_PER_MILLI);
        double kept = kept(nowNanos);
        this.work = kept * this.work + millis;
        prompts = kept * prompts + 1;
        if (prompt.countedLater) {
            fill = kept * fill + prompt.uncached;
            fleet.seeFill(fill);
        }
        workAt = nowNanos;
        begun = true;
        Given one = fresh();
        one.set(prompt, ++given, nowNanos, waitingTokens, waiting);
        waiting++;
        waitingContext += prompt.tokens;
        waitingTokens += prompt.uncached;
        if (idle) {
            begin(nowNanos, 0);
        }
        period.tokens += prompt.uncached;
        period.hostTokens += prompt.hostTokens;
        period.farTokens += prompt.farTokens;
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
        if (given.countedLater) {
            given.computedIn = period;
            period.owed++;
        } else {
            learnAlone(given, given.uncached, nowNanos);
        }
        if (waiting == 0 || nowNanos - period.at > LONG_PERIOD_NANOS) {
            period.tokens -= leftTokens;
            period.millis = (nowNanos - period.at) / NANOS_PER_MILLI;
            learn(period, nowNanos);
            begin(nowNanos, leftTokens);
        }
        correct(leftTokens, nowNanos);
    }

    /** So many of the prompt's tokens turned out to be cached. */
    public synchronized void onCached(Given given, int tokens, long nowNanos) {
        Period in = given.computedIn;
        if (in != null) {
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

    /** The request is no longer the worker's, nor {@code given} the caller's; {@code done} unless it failed. */
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
        if (in != null) {
            in.spoilt = true;
            settle(given, in, nowNanos);
        }
        if (done && given.outputTokens > 0) {
            fleet.seeOutput(given.outputTokens);
        }
        if (spare < SPARES) {
            spares[spare++] = given;
        }
    }

    /** One that stands for no request. */
    private Given fresh() {
        Given kept = spare == 0 ? null : spares[--spare];
        return kept == null ? new Given() : kept;
    }

    /** A period begins, in the memory of the last one unless that is pointed to. */
    private void begin(long nowNanos, long tokens) {
        if (period.owed > 0) {
            period = new Period();
        }
        period.begin(nowNanos, tokens);
    }

    /** Another number after each event: what is expected of it may be something else. */
    public int changes() {
        return changes;
    }

    /** Writes what is expected of it now. */
    public synchronized void outlook(long nowNanos, Outlook into) {
        fleet.read(common);
        if (common.sideBySide) {
            outlookSideBySide(nowNanos, into);
        } else {
            outlookInTurn(nowNanos, into);
        }
        into.contextTokens = streamTokens + waitingContext;
        into.outputTokens = common.outputTokens;
        into.reuse = displaced(nowNanos);
        into.returns = returns();
        into.usualWaitMillis = usualWait(nowNanos);
    }

    private void outlookInTurn(long nowNanos, Outlook into) {
        double factor = inTurn.now(nowNanos);
        into.waitMillis = begun && waiting > 0 ? Math.max(0, (freeAt - nowNanos) / NANOS_PER_MILLI) : 0;
        into.prefillBase = factor * common.prefillBase;
        into.prefillPerToken = factor * common.prefillPerToken;
        into.fetchPerHostToken = factor * common.fetchPerHostToken;
        into.fetchPerFarToken = factor * common.fetchPerFarToken;
        into.waiting = waiting;
        into.streams = streams;
        into.stepPerToken = factor * common.stepPerToken;
        into.followers = common.followers;
    }

    /**
     * Nobody waits much for another, or stands still while it computes. Where first tokens take so long for other reasons
     * that a prompt's length hardly shows, a token takes what it does of periods. The latency is the client's alone.
     */
    private void outlookSideBySide(long nowNanos, Outlook into) {
        double factor = sideBySide.now(nowNanos);
        double perToken = Math.max(common.alonePerToken, common.prefillPerToken);
        double perTokenAhead = Math.max(common.perTokenAhead, COMPANY * perToken);
        double ahead = perTokenAhead * waitingTokens + common.perPromptAhead * waiting;
        into.waitMillis = factor * (common.latency + ahead);
        into.prefillBase = factor * common.perPromptAhead;
        into.prefillPerToken = factor * perToken;
        into.fetchPerHostToken = factor * common.fetchPerHostToken;
        into.fetchPerFarToken = factor * common.fetchPerFarToken;
        into.waiting = COMPANY * waiting;
        into.streams = 0;
        into.stepPerToken = factor * common.stepPerToken;
        into.followers = 0;
    }

    /**
     * What a token is worth that a prompt's displaces: what is likely found again, and more by as much as the worker is
     * pressed harder than others, since the prompt will come back and take the place of another's each time.
     */
    private double displaced(long nowNanos) {
        double harder = fill == 0 ? 0 : common.pressure(kept(nowNanos) * fill) - 1;
        return Math.max(0, common.reuse * (1 + harder * returns()));
    }

    private double returns() {
        return Math.min(MOST_RETURNS, common.reuse / Math.max(1e-9, 1 - common.reuse));
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
        fleet.read(common);
        if (of.hostTokens > 0 || of.farTokens > 0) {
            double computing = inTurn.now(nowNanos) * common.prefillMillis(of.tokens);
            fleet.seeFetch(of.hostTokens, of.farTokens, Math.max(0, of.millis - computing));
            return;
        }
        if (of.tokens <= 0) {
            return;
        }
        inTurn.see(of.millis, common.prefillMillis(of.tokens), nowNanos);
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
        fleet.read(common);
        double millis = waiting == 0 ? 0 : inTurn.now(nowNanos) * common.prefillMillis(leftTokens);
        freeAt = nowNanos + (long) (millis * NANOS_PER_MILLI);
    }
}
