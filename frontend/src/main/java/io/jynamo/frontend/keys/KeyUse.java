package io.jynamo.frontend.keys;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one key has taken of its limits: a pure state machine, told the time. One caller at a time.
 *
 * <p>A request enters ({@link #tryEnter}), may reserve its prompt ({@link #reserve}), settles what it really took ({@link
 * #settle}) and leaves ({@link #leave}), each of them once.
 */
final class KeyUse {
    /** Told to who finds too many requests running: nobody knows when one of them ends. */
    private static final Duration SOON = Duration.ofSeconds(1);

    /**
     * What is set aside for a prompt.
     *
     * @param day whose budget it is of
     */
    record Reservation(long tokens, long day) {
        static final Reservation NONE = new Reservation(0, 0);
    }

    private KeyLimits limits;
    private @Nullable TokenBucket requests;
    private @Nullable TokenBucket tokens;
    private @Nullable DayBudget day;
    private long running;

    KeyUse(KeyLimits limits, Moment now) {
        this.limits = limits;
        requests = bucket(null, limits.requestsPerMinute(), limits.burst(), now);
        tokens = bucket(null, limits.tokensPerMinute(), limits.tokensPerMinute(), now);
        day = limits.tokensPerDay() == 0 ? null : new DayBudget(limits.tokensPerDay(), now.epochMillis());
    }

    /** Goes on with other limits; a limit that stays keeps its count. */
    void change(KeyLimits to, Moment now) {
        limits = to;
        requests = bucket(requests, to.requestsPerMinute(), to.burst(), now);
        tokens = bucket(tokens, to.tokensPerMinute(), to.tokensPerMinute(), now);
        DayBudget kept = day;
        if (to.tokensPerDay() == 0) {
            day = null;
        } else if (kept == null) {
            day = new DayBudget(to.tokensPerDay(), now.epochMillis());
        } else {
            kept.change(to.tokensPerDay());
        }
    }

    private static @Nullable TokenBucket bucket(@Nullable TokenBucket kept, long perMinute, long capacity, Moment now) {
        if (perMinute == 0) {
            return null;
        }
        if (kept == null) {
            return new TokenBucket(perMinute, capacity, now.millis());
        }
        kept.change(perMinute, capacity, now.millis());
        return kept;
    }

    /** Lets a request in, which must {@link #leave} then; or says what keeps it out, and nothing is taken. */
    @Nullable
    Denial tryEnter(Moment now) {
        return tryEnter(limits.concurrency(), 1, now);
    }

    /** The same for a request that nobody waits for: it leaves half of what the key may do at one time to others. */
    @Nullable
    Denial tryEnterBehind(Moment now) {
        return tryEnter(Math.ceilDiv(limits.concurrency(), 2), 1 + limits.burst() / 2, now);
    }

    /**
     * @param places that may be taken; 0 for any number
     * @param needed tokens of the rate that must be there, of which one is taken
     */
    private @Nullable Denial tryEnter(long places, long needed, Moment now) {
        if (places > 0 && running >= places) {
            return new Denial(Denial.Kind.CONCURRENCY, limits.concurrency(), SOON);
        }
        Denial spent = spent(1, now);
        if (spent != null) {
            return spent; // its prompt has one token at least: there is no need to read it
        }
        TokenBucket rate = requests;
        if (rate != null) {
            long wait = rate.waitMillis(needed, now.millis());
            if (wait > 0) {
                return new Denial(Denial.Kind.REQUESTS, limits.requestsPerMinute(), Duration.ofMillis(wait));
            }
            rate.take(1, now.millis());
        }
        running++;
        return null;
    }

    void leave() {
        if (running == 0) {
            throw new IllegalStateException("more requests left than entered");
        }
        running--;
    }

    /** Whether a prompt of so many tokens is too much now. */
    @Nullable
    Denial spent(long count, Moment now) {
        TokenBucket minute = tokens;
        DayBudget today = day;
        long minuteWait = minute == null ? 0 : minute.waitMillis(count, now.millis());
        long dayWait = today == null ? 0 : today.waitMillis(count, now.epochMillis());
        if (minuteWait == 0 && dayWait == 0) {
            return null;
        }
        // The longer wait, so that who keeps to it is let in.
        return dayWait >= minuteWait
                ? new Denial(Denial.Kind.TOKENS_PER_DAY, limits.tokensPerDay(), Duration.ofMillis(dayWait))
                : new Denial(Denial.Kind.TOKENS_PER_MINUTE, limits.tokensPerMinute(), Duration.ofMillis(minuteWait));
    }

    /** Sets tokens aside; only after {@link #spent} found room. */
    Reservation reserve(long count, Moment now) {
        TokenBucket minute = tokens;
        DayBudget today = day;
        if (minute != null) {
            minute.take(count, now.millis());
        }
        return new Reservation(count, today == null ? 0 : today.take(count, now.epochMillis()));
    }

    /** Charges what a request took, in place of what was set aside for it. */
    void settle(Reservation reserved, long charged, Moment now) {
        long more = charged - reserved.tokens();
        TokenBucket minute = tokens;
        DayBudget today = day;
        if (more > 0) {
            reserve(more, now);
        } else if (more < 0) {
            if (minute != null) {
                minute.giveBack(-more, now.millis());
            }
            if (today != null) {
                today.giveBack(-more, reserved.day());
            }
        }
    }

    /** Requests that run. */
    long running() {
        return running;
    }

    /** What clients are told of the requests they have left; null where there is no limit. */
    @Nullable
    Quota requests(Moment now) {
        TokenBucket rate = requests;
        return rate == null
                ? null
                : new Quota(limits.requestsPerMinute(), rate.remaining(now.millis()), rate.fullInMillis(now.millis()));
    }

    /** What clients are told of the tokens they have left, by the budget with less in it; null where there is no limit. */
    @Nullable
    Quota tokens(Moment now) {
        TokenBucket minute = tokens;
        DayBudget today = day;
        long ofMinute = minute == null ? Long.MAX_VALUE : minute.remaining(now.millis());
        long ofDay = today == null ? Long.MAX_VALUE : today.remaining(now.epochMillis());
        if (today != null && ofDay <= ofMinute) {
            return new Quota(limits.tokensPerDay(), ofDay, today.untilNextMillis(now.epochMillis()));
        }
        return minute == null ? null : new Quota(limits.tokensPerMinute(), ofMinute, minute.fullInMillis(now.millis()));
    }

    /**
     * One limit as clients are told of it.
     *
     * @param resetMillis until all of it is there again
     */
    record Quota(long limit, long remaining, long resetMillis) {}
}
