package io.jynamo.frontend.resume;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The newest bytes of an event stream, addressed by their offset from its beginning. One thread at a time.
 *
 * <p>It grows by doubling as far as its own limit and the budget of all allow; from then on the oldest bytes make room.
 */
final class EventLog {
    /** What a log begins with; a power of two, as every later size is. */
    static final int LEAST_BYTES = 16 * 1024;

    private final MemoryBudget budget;
    private final int limit;
    private byte[] ring;
    private long start;
    private long end;

    private EventLog(MemoryBudget budget, int limit) {
        this.budget = budget;
        this.limit = Integer.highestOneBit(limit);
        this.ring = new byte[LEAST_BYTES];
    }

    /** Whether there is a budget for one more; the bytes are taken then, and {@link #open} is owed. */
    static boolean reserve(MemoryBudget budget) {
        return budget.tryTake(LEAST_BYTES);
    }

    /** An empty log for which {@link #reserve} was granted; {@link #close} gives its bytes back. */
    static EventLog open(MemoryBudget budget, int limit) {
        return new EventLog(budget, limit);
    }

    /** Offset of the oldest byte that is kept. */
    long start() {
        return start;
    }

    /** Offset of the next byte to come. */
    long end() {
        return end;
    }

    /** Most bytes it may ever keep. */
    int limit() {
        return limit;
    }

    /** Grows, as far as it may, to keep so many bytes, and says whether it can. */
    boolean makeRoom(long bytes) {
        int size = ring.length;
        while (bytes > size && size < limit && budget.tryTake(size)) {
            size *= 2;
        }
        if (size > ring.length) {
            byte[] held = new byte[(int) (end - start)];
            copy(start, held, held.length);
            ring = new byte[size];
            put(start, held, 0, held.length);
        }
        return bytes <= size;
    }

    /** Adds bytes; the oldest make room where there is none. */
    void append(byte[] bytes, int count) {
        makeRoom(end - start + count);
        int from = Math.max(0, count - ring.length);
        put(end + from, bytes, from, count - from);
        end += count;
        start = Math.max(start, end - ring.length);
    }

    private void put(long offset, byte[] bytes, int from, int count) {
        for (int i = 0; i < count; ) {
            int at = (int) (offset + i) & (ring.length - 1);
            int run = Math.min(count - i, ring.length - at);
            System.arraycopy(bytes, from + i, ring, at, run);
            i += run;
        }
    }

    /** Copies up to {@code most} bytes from {@code offset} on, which must be kept, and returns how many there were. */
    int copy(long offset, byte[] into, int most) {
        if (offset < start || offset > end) {
            throw new IllegalArgumentException(offset + " is not within " + start + " to " + end);
        }
        int count = (int) Math.min(most, end - offset);
        for (int i = 0; i < count; ) {
            int at = (int) (offset + i) & (ring.length - 1);
            int run = Math.min(count - i, ring.length - at);
            System.arraycopy(ring, at, into, i, run);
            i += run;
        }
        return count;
    }

    /**
     * The offset behind the event that begins at {@code offset} with the line {@code id}, or -1 where no such event is
     * kept.
     */
    long after(long offset, String id) {
        byte[] line = (id + "\n").getBytes(StandardCharsets.US_ASCII);
        if (offset < start || offset > end - line.length) {
            return -1;
        }
        byte[] found = new byte[line.length];
        copy(offset, found, found.length);
        if (!Arrays.equals(found, line)) {
            return -1;
        }
        byte before = 0;
        for (long at = offset; at < end; at++) {
            byte one = ring[(int) at & (ring.length - 1)];
            if (one == '\n' && before == '\n') {
                return at + 1;
            }
            before = one;
        }
        return -1;
    }

    void close() {
        budget.give(ring.length);
        ring = new byte[0];
        start = end;
    }
}
