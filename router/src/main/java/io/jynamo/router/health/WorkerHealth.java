package io.jynamo.router.health;

import io.jynamo.protocol.ErrorCode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one worker's past says of it: how long it may be silent while it has requests, and whether it may be chosen.
 *
 * <p>Silence is the worker's, not a stream's: as long as it brings news of any request it works, and a stream that waits
 * behind others waits rightly. How long it may last is {@value #TIMES} times the longest silence that ended well, of the
 * last minutes, three seconds at least; before enough is known, what is allowed to its peers, or ten. A worker that
 * computes prompts says nothing until one is done: each of their tokens allows {@value #TIMES} times what one took at
 * worst, or a twentieth of a second before that is known, but for the first {@value #SHORT_TOKENS} where short prompts
 * are. A prompt that came when it had long been silent allows nothing: those before it are owed first. Silence is counted
 * only while somebody looks: after a pause of ours it begins anew.
 *
 * <table>
 * <caption>states</caption>
 * <tr><th>state</th><th>chosen</th><th>leaves by</th></tr>
 * <tr><td>TRUSTED</td><td>yes</td><td>silence or a lost request, to SUSPENDED; three failures in a row likewise</td></tr>
 * <tr><td>TRUSTED, full</td><td>no</td><td>the time it gave when it refused, at most a second</td></tr>
 * <tr><td>SUSPENDED</td><td>no</td><td>a probe that brings a token, to TRUSTED; it is probed about every second</td></tr>
 * </table>
 *
 * <p>Safe for use by several threads; nothing waits while it holds its lock.
 */
public final class WorkerHealth {
    /** How many times the longest known silence it may be silent. */
    static final int TIMES = 8;

    /** Short prompts say how long so many tokens take at most, and nothing of more. */
    static final int SHORT_TOKENS = 1_024;

    private static final int FAILURES_IN_A_ROW = 3;
    private static final int ENOUGH_NEWS = 8;
    private static final long UNKNOWN_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long LEAST_NANOS = Duration.ofSeconds(3).toNanos();
    private static final long UNKNOWN_PER_TOKEN_NANOS = Duration.ofMillis(50).toNanos();
    /** A shorter prompt says more of the step it waited for than of its tokens. */
    private static final long TELLING_TOKENS = 64;

    /** A prompt that came so soon after the last news may be computed before the next. */
    private static final long TOGETHER_NANOS = Duration.ofSeconds(1).toNanos();

    private static final long MOST_FOR_PROMPTS_NANOS = Duration.ofMinutes(10).toNanos();
    private static final long SLEPT_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long MOST_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long HALF_LIFE_NANOS = Duration.ofMinutes(2).toNanos();
    private static final long MOST_FULL_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long BETWEEN_PROBES_NANOS = Duration.ofSeconds(1).toNanos();

    private final Peers peers;
    private int outstanding;
    private long lastNewsNanos;
    /** Prompt tokens that may be computed before there is news. */
    private long owedTokens;

    private long longestNanos;
    private long longestSinceNanos;
    private long news;
    private long lastLookNanos;
    private double slowestPerToken;
    private double slowestOfShort;
    private int failures;
    private boolean suspended;
    private boolean probing;
    private long lastProbeNanos;
    private long fullUntilNanos;
    private boolean full;

    /** One without peers. */
    public WorkerHealth() {
        this(new Peers());
    }

    /** @param peers shared by all workers of its model */
    public WorkerHealth(Peers peers) {
        this.peers = peers;
    }

    /**
     * It was given a request.
     *
     * @param promptTokens that it has to compute for it
     */
    public synchronized void onGiven(long promptTokens, long nowNanos) {
        if (outstanding++ == 0) {
            lastNewsNanos = nowNanos;
            owedTokens = promptTokens;
        } else if (nowNanos - lastNewsNanos <= TOGETHER_NANOS) {
            owedTokens += promptTokens;
        }
    }

    /**
     * It told something of a request.
     *
     * @param promptTokens that wait to be computed, of all its requests
     */
    public synchronized void onNews(long promptTokens, long nowNanos) {
        learn(nowNanos - lastNewsNanos, nowNanos);
        lastNewsNanos = nowNanos;
        owedTokens = promptTokens;
        failures = 0;
    }

    /**
     * It has computed a prompt.
     *
     * @param promptTokens that waited to be computed until now, of all its requests
     * @param left those of them that still wait
     */
    public synchronized void onPrefilled(long promptTokens, long left, long nowNanos) {
        if (promptTokens >= TELLING_TOKENS) {
            double took = (nowNanos - lastNewsNanos) / (double) promptTokens;
            slowestPerToken = Math.max(took, slowestPerToken * 0.9); // forgets what was slow once
            lastNewsNanos = nowNanos;
            owedTokens = left;
            failures = 0;
        } else {
            if (promptTokens > 0) {
                double took = (nowNanos - lastNewsNanos) / (double) promptTokens;
                slowestOfShort = Math.max(took, slowestOfShort * 0.9);
                peers.onShortPrompt(slowestOfShort);
            }
            onNews(left, nowNanos);
        }
    }

    /** A request of it ended, however. */
    public synchronized void onEnd() {
        outstanding--;
    }

    /**
     * A request failed that another worker may have done.
     *
     * @param retryAfter when it has room again, as far as it knows
     */
    public synchronized void onFailure(ErrorCode code, @Nullable Duration retryAfter, long nowNanos) {
        switch (code.fault()) {
            case CALLER -> {}
            case CAPACITY -> {
                full = true;
                long pause = retryAfter == null ? MOST_FULL_NANOS : Math.min(retryAfter.toNanos(), MOST_FULL_NANOS);
                fullUntilNanos = nowNanos + pause;
            }
            case PEER -> suspend(nowNanos);
            case US -> {
                if (++failures >= FAILURES_IN_A_ROW) {
                    suspend(nowNanos);
                }
            }
        }
    }

    /**
     * It has requests and has been silent for longer than its past explains; it is not chosen until a probe succeeds.
     *
     * @param promptTokens that wait to be computed, of all its requests
     */
    public synchronized boolean isSilent(long promptTokens, long nowNanos) {
        boolean slept = nowNanos - lastLookNanos > SLEPT_NANOS;
        lastLookNanos = nowNanos;
        if (slept && !suspended) {
            lastNewsNanos = nowNanos;
        }
        long owed = Math.min(promptTokens, owedTokens);
        if (outstanding == 0 || nowNanos - lastNewsNanos < patienceNanos(owed, nowNanos)) {
            return false;
        }
        suspend(nowNanos);
        return true;
    }

    /** Whether it may be given a request. */
    public synchronized boolean isUsable(long nowNanos) {
        if (full && nowNanos - fullUntilNanos >= 0) {
            full = false;
        }
        return !suspended && !full;
    }

    /** Whether it is not chosen until a probe succeeds. */
    public synchronized boolean isSuspended() {
        return suspended;
    }

    /** Whether a request should now be sent to find out if it answers again; the caller then owes {@link #onProbe}. */
    public synchronized boolean takeProbe(long nowNanos) {
        if (!suspended || probing || nowNanos - lastProbeNanos < BETWEEN_PROBES_NANOS) {
            return false;
        }
        probing = true;
        lastProbeNanos = nowNanos;
        return true;
    }

    /** What became of a probe. */
    public synchronized void onProbe(boolean answered, long nowNanos) {
        probing = false;
        lastProbeNanos = nowNanos;
        if (answered) {
            suspended = false;
            failures = 0;
            lastNewsNanos = nowNanos;
        }
    }

    private void suspend(long nowNanos) {
        if (!suspended) {
            suspended = true;
            lastProbeNanos = nowNanos - BETWEEN_PROBES_NANOS / 2; // the first probe comes soon
        }
    }

    private void learn(long silenceNanos, long nowNanos) {
        news++;
        if (silenceNanos >= faded(nowNanos)) {
            longestNanos = silenceNanos;
            longestSinceNanos = nowNanos;
        }
        if (news >= ENOUGH_NEWS) {
            peers.onSilence(longestNanos);
        }
    }

    private long patienceNanos(long promptTokens, long nowNanos) {
        return Math.min(MOST_FOR_PROMPTS_NANOS, forPrompts(promptTokens)) + betweenNews(nowNanos);
    }

    private long forPrompts(long promptTokens) {
        if (slowestPerToken != 0) {
            return (long) (promptTokens * TIMES * slowestPerToken);
        }
        double ofShort = slowestOfShort == 0 ? peers.slowestOfShort() : slowestOfShort;
        double most = (double) UNKNOWN_PER_TOKEN_NANOS;
        double perToken = ofShort == 0 ? most : Math.min(most, TIMES * ofShort);
        long few = Math.min(promptTokens, SHORT_TOKENS);
        return (long) (few * perToken) + (promptTokens - few) * UNKNOWN_PER_TOKEN_NANOS;
    }

    private long betweenNews(long nowNanos) {
        if (news >= ENOUGH_NEWS) {
            return Math.clamp(TIMES * faded(nowNanos), LEAST_NANOS, MOST_NANOS);
        }
        long longest = peers.longestNanos();
        return longest == 0 ? UNKNOWN_NANOS : Math.clamp(TIMES * longest, LEAST_NANOS, UNKNOWN_NANOS);
    }

    /** The longest silence, counted for half after two minutes, a quarter after four. */
    private long faded(long nowNanos) {
        return (long) (longestNanos * Math.pow(0.5, (nowNanos - longestSinceNanos) / (double) HALF_LIFE_NANOS));
    }
}
