package io.jynamo.runtime.discovery;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Which files' leases are over, judged by when their time of change was last seen to differ. Only what nobody has seen
 * change yet is judged by its age, so that hosts whose clocks disagree keep each other's leases all the same.
 */
final class LeaseBook {
    /**
     * @param stamp the file's time of change, whatever clock it is of
     * @param beat when it was last seen to be another, in nanoseconds of our own time
     * @param seen since when it is watched
     * @param graced whether it was already given time for our own standing still since
     */
    private record Lease(long stamp, long beat, long seen, boolean graced) {}

    private final long ttl;
    private final Map<String, Lease> leases = new HashMap<>();

    LeaseBook(Duration ttl) {
        this.ttl = ttl.toNanos();
    }

    /** A file was looked at; {@code age} is how long ago it changed, as far as this host's clock can say. */
    void observe(String file, long stamp, Duration age, long now) {
        Lease known = leases.get(file);
        if (known == null) {
            boolean ancient = age.compareTo(Duration.ofNanos(2 * ttl)) > 0; // perhaps by more than nanoseconds can say
            long old = age.isNegative() ? 0 : ancient ? 2 * ttl : age.toNanos();
            leases.put(file, new Lease(stamp, now - old, now, false));
        } else if (known.stamp != stamp) {
            leases.put(file, new Lease(stamp, now, known.seen, false));
        }
    }

    boolean isOver(String file, long now) {
        Lease lease = leases.get(file);
        return lease == null || now - lease.beat > ttl;
    }

    /** Whether a lease is over by our own observation too, so that the file may be removed. */
    boolean isAbandoned(String file, long now) {
        Lease lease = leases.get(file);
        return lease != null && now - Math.max(lease.beat, lease.seen) > ttl;
    }

    void forget(String file) {
        leases.remove(file);
    }

    /**
     * We ourselves stood still since {@code before}. Owners that did so too get half a lease to go on, once: where we
     * are always as slow, leases end all the same.
     */
    void stoodStill(long before, long now) {
        leases.replaceAll((file, lease) -> lease.graced || before - lease.beat > ttl
                ? lease
                : new Lease(lease.stamp, Math.max(lease.beat, now - ttl / 2), lease.seen, true));
    }
}
