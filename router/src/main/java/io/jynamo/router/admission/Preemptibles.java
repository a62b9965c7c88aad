package io.jynamo.router.admission;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Running requests that may be told to give way. Not for several threads at once. */
final class Preemptibles {
    private final Set<AdmittedBooking> running = new LinkedHashSet<>();

    void add(AdmittedBooking booking) {
        running.add(booking);
    }

    void remove(AdmittedBooking booking) {
        running.remove(booking);
    }

    boolean isEmpty() {
        return running.isEmpty();
    }

    /** Takes out the one with the least output, the latest of equal ones, that runs where the lane may go; null where none does. */
    @Nullable
    AdmittedBooking takeLeast(Lane lane) {
        AdmittedBooking least = null;
        for (AdmittedBooking one : running) {
            boolean lessDone = least == null || one.tokens() <= least.tokens();
            if (lessDone && lane.mayUse(one.worker())) {
                least = one;
            }
        }
        if (least != null) {
            running.remove(least);
        }
        return least;
    }
}
