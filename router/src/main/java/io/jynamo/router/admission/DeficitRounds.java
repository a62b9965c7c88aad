package io.jynamo.router.admission;

import java.util.Arrays;
import java.util.List;

/**
 * Whose turn it is where classes share by weight: deficit round robin (Shreedhar and Varghese 1995), with the choices that
 * Dynamo's router makes. Pure; not for several threads at once.
 *
 * <p>How it works. Each class has a quantum and a deficit, both in tokens. The class that was served last goes on while what
 * it has left pays for its next. Otherwise classes are asked in a ring, from the one after it: one that cannot pay gets its
 * quantum once, and the first that can is next. Where none can, all get as many quanta as the nearest to paying lacks. Who
 * has nobody that could be served gets none, and a class in which nobody waits any more keeps nothing. What is given in a
 * question counts only if its answer is served: the asked one may find no room.
 */
final class DeficitRounds {
    /** The cost in a class that has nobody to serve. */
    static final long NOBODY = 0;

    private static final int NONE = -1;

    private final long[] quanta;
    /** What each has left. */
    private final long[] left;
    /** What each would have if {@code answered} were served now. */
    private final long[] given;

    private int answered = NONE;
    private int cursor;
    private int carry = NONE;

    DeficitRounds(List<Long> quanta) {
        this.quanta = quanta.stream().mapToLong(Long::longValue).toArray();
        this.left = new long[quanta.size()];
        this.given = new long[quanta.size()];
    }

    /**
     * The class that goes next, or -1.
     *
     * @param costs of the next request of each class, or {@link #NOBODY}
     */
    int next(long[] costs) {
        System.arraycopy(left, 0, given, 0, left.length);
        if (carry != NONE && costs[carry] != NOBODY && left[carry] >= costs[carry]) {
            answered = carry;
            return answered;
        }
        answered = round(costs);
        if (answered == NONE && Arrays.stream(costs).anyMatch(cost -> cost != NOBODY)) {
            giveRounds(costs);
            answered = firstThatPays(costs);
        }
        return answered;
    }

    /** One round of quanta, up to the first that can pay. */
    private int round(long[] costs) {
        for (int i = 0; i < costs.length; i++) {
            int index = (cursor + i) % costs.length;
            if (costs[index] == NOBODY) {
                continue;
            }
            if (given[index] < costs[index]) {
                given[index] += quanta[index];
            }
            if (given[index] >= costs[index]) {
                return index;
            }
        }
        return NONE;
    }

    /** As many rounds at once as bring the first to paying. */
    private void giveRounds(long[] costs) {
        long rounds = Long.MAX_VALUE;
        for (int i = 0; i < costs.length; i++) {
            if (costs[i] != NOBODY) {
                rounds = Math.min(rounds, Math.ceilDiv(costs[i] - given[i], quanta[i]));
            }
        }
        for (int i = 0; i < costs.length; i++) {
            if (costs[i] != NOBODY) {
                given[i] += rounds * quanta[i];
            }
        }
    }

    private int firstThatPays(long[] costs) {
        for (int i = 0; i < costs.length; i++) {
            int index = (cursor + i) % costs.length;
            if (costs[index] != NOBODY && given[index] >= costs[index]) {
                return index;
            }
        }
        throw new IllegalStateException("a round brought nobody to paying");
    }

    /** The class whose turn it was had its next served. */
    void onServed(int index, long cost) {
        if (index != answered) {
            throw new IllegalStateException("class " + index + " was served on the turn of " + answered);
        }
        System.arraycopy(given, 0, left, 0, left.length);
        left[index] -= cost;
        cursor = (index + 1) % left.length;
        carry = left[index] > 0 ? index : NONE;
        answered = NONE;
    }

    /** Nobody waits in a class any more. */
    void onEmpty(int index) {
        left[index] = 0;
        given[index] = 0;
        if (carry == index) {
            carry = NONE;
        }
    }
}
