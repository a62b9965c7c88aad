package io.jynamo.frontend.keys;

import java.util.concurrent.TimeUnit;

/**
 * A budget of one day, which begins at midnight UTC. Told the time by the clock on the wall; a clock that is put back does
 * not bring a day back.
 */
final class DayBudget {
    private static final long DAY_MILLIS = TimeUnit.DAYS.toMillis(1);

    private long limit;
    private long used;
    private long day;

    DayBudget(long limit, long epochMillis) {
        this.limit = limit;
        this.day = Math.floorDiv(epochMillis, DAY_MILLIS);
    }

    void change(long toLimit) {
        limit = toLimit;
    }

    /** How long until {@code count} can be taken; more than a whole day's is given when nothing was taken that day. */
    long waitMillis(long count, long epochMillis) {
        turn(epochMillis);
        return used + Math.min(count, limit) <= limit ? 0 : untilNextMillis(epochMillis);
    }

    /** Takes it, and says of which day. */
    long take(long count, long epochMillis) {
        turn(epochMillis);
        used += count;
        return day;
    }

    /** Gives back what was taken of a day; of a past one it helps nobody. */
    void giveBack(long count, long ofDay) {
        if (ofDay == day) {
            used = Math.max(0, used - count);
        }
    }

    long remaining(long epochMillis) {
        turn(epochMillis);
        return Math.max(0, limit - used);
    }

    /** How long until the day ends. */
    long untilNextMillis(long epochMillis) {
        turn(epochMillis);
        return (day + 1) * DAY_MILLIS - epochMillis;
    }

    private void turn(long epochMillis) {
        long today = Math.floorDiv(epochMillis, DAY_MILLIS);
        if (today > day) {
            day = today;
            used = 0;
        }
    }
}
