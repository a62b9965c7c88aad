package io.jynamo.router.select;

/**
 * How fast one worker is and when it will be through with what it was given, learned from its first tokens and steps.
 *
 * <p><b>How it works.</b> {@code freeAt} is when the prompts given so far should be computed. A new one adds what the
 * fleet's line says, times this worker's own factor; each one computed corrects it by what still waits. A period from the
 * first prompt that waits until none does, or until two seconds have passed, is one sighting: so many tokens took so long.
 * The factor is the ratio of what they took here to what the line says, smoothed, within {@value #SLOWEST} times either
 * way, and it returns to 1 by half every {@value #HALF_LIFE_SECONDS} seconds, so that a worker that was slow once is
 * tried again.
 * Steps count only where no prompt waits, so that they are pure decoding.
 *
 * <p>Any thread.
 */
public final class WorkerPace {
    static final int SLOWEST = 8;
    static final int HALF_LIFE_SECONDS = 60;

    private static final double NEWEST = 0.2;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final long LONG_PERIOD_NANOS = 2_000_000_000;

    private final FleetPace fleet;
    private long freeAt;
    private boolean begun;
    private int waiting;
    private long waitingContext;
    private long periodAt;
    private long periodTokens;
    private long periodHost;
    private long periodFar;
    private int streams;
    private long streamTokens;
    private double logFactor;
    private long factorAt;
    private long given;
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
        private final long number;
        private boolean prefilled;
        private boolean ended;
        private long outputTokens;
        private long lastTokenAt;
        private boolean clean;

        private Given(Prompt prompt, long number) {
            this.promptTokens = prompt.tokens();
            this.uncached = prompt.uncached();
            this.hostTokens = prompt.hostTokens();
            this.farTokens = prompt.farTokens();
            this.number = number;
        }
    }

    /**
     * A prompt given to a worker.
     *
     * @param uncached tokens to be computed
     * @param hostTokens whose KV comes from host memory
     * @param farTokens whose KV comes from disk or farther
     */
    public record Prompt(int tokens, int uncached, int hostTokens, int farTokens) {}

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
        double millis = factor(nowNanos) * (work + (idle ? common.prefillBase() : 0));
        freeAt = starts + (long) (millis * NANOS_PER_MILLI);
        begun = true;
        waiting++;
        waitingContext += prompt.tokens();
        if (idle) {
            begin(0, nowNanos);
        }
        periodTokens += prompt.uncached();
        periodHost += prompt.hostTokens();
        periodFar += prompt.farTokens();
        return new Given(prompt, ++given);
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
        streams++;
        streamTokens += given.promptTokens;
        if (waiting == 0 || nowNanos - periodAt > LONG_PERIOD_NANOS) {
            learn(periodTokens - leftTokens, nowNanos);
            begin(leftTokens, nowNanos);
        }
        correct(leftTokens, nowNanos);
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
            periodTokens -= given.uncached;
            periodHost -= given.hostTokens;
            periodFar -= given.farTokens;
            correct(leftTokens, nowNanos);
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
        double factor = factor(nowNanos);
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
                common.reuse(),
                common.followers());
    }

    private void begin(long tokens, long nowNanos) {
        periodAt = nowNanos;
        periodTokens = tokens;
        periodHost = 0;
        periodFar = 0;
    }

    /** Learns from a period in which so many tokens were computed: of fetching, where any were fetched; else of pace. */
    private void learn(long tokens, long nowNanos) {
        double millis = (nowNanos - periodAt) / NANOS_PER_MILLI;
        if (periodHost > 0 || periodFar > 0) {
            double computing = factor(nowNanos) * fleet.common().prefillMillis(tokens);
            fleet.seeFetch(periodHost, periodFar, Math.max(0, millis - computing));
            return;
        }
        if (tokens <= 0) {
            return;
        }
        double expected = fleet.common().prefillMillis(tokens);
        double ratio = Math.log(Math.clamp(millis / Math.max(1e-3, expected), 1.0 / SLOWEST, SLOWEST));
        logFactor = faded(nowNanos);
        factorAt = nowNanos;
        fleet.seePrefill(tokens, millis);
        logFactor += NEWEST * (ratio - logFactor);
    }

    /** What still waits takes as long as the line says, counted from now. */
    private void correct(long leftTokens, long nowNanos) {
        FleetPace.Common common = fleet.common();
        double millis = waiting == 0 ? 0 : factor(nowNanos) * common.prefillMillis(leftTokens);
        freeAt = nowNanos + (long) (millis * NANOS_PER_MILLI);
    }

    private double factor(long nowNanos) {
        return Math.exp(faded(nowNanos));
    }

    private double faded(long nowNanos) {
        return logFactor * Math.pow(0.5, (nowNanos - factorAt) / 1e9 / HALF_LIFE_SECONDS);
    }
}
