package io.jynamo.frontend.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * A request body as it arrives. Memory grows with the bytes received, never with the bytes announced, and is drawn from
 * the server's {@link BodyBudget} until {@link #release()}.
 */
public final class RequestBody {
    private static final byte[] NONE = {};
    private static final int FIRST = 8_192;
    /** A longer body has more text than a prompt of a hundred thousand tokens. */
    private static final int HUGE = 1 << 20;
    /** How much a body's room grows at a time; a huge one's copies would cost more than what it may not need. */
    private static final int GROWTH = 2;

    private static final int HUGE_GROWTH = 4;

    private final BodyBudget budget;
    private final long limit;
    private byte[] bytes = NONE;
    private int count;
    private long budgeted;

    RequestBody(BodyBudget budget, long limit) {
        this.budget = budget;
        this.limit = limit;
    }

    /**
     * A body that is there already; it is not copied.
     *
     * @param taken where room for it was taken
     */
    public static RequestBody of(byte[] whole, BodyBudget taken) {
        RequestBody body = new RequestBody(taken, whole.length);
        body.bytes = whole;
        body.count = whole.length;
        body.budgeted = whole.length;
        return body;
    }

    /** What became of a part. */
    enum Outcome {
        TAKEN,
        TOO_LARGE,
        NO_MEMORY
    }

    synchronized Outcome append(ByteBuf part, long announced) {
        int more = part.readableBytes();
        if (count + (long) more > limit) {
            return Outcome.TOO_LARGE;
        }
        if (count + more > bytes.length && !grow(count + more, announced)) {
            return Outcome.NO_MEMORY;
        }
        part.readBytes(bytes, count, more);
        count += more;
        return Outcome.TAKEN;
    }

    /** The bytes, valid up to {@link #count()}; nothing once released. */
    public synchronized byte[] bytes() {
        return bytes;
    }

    /** Bytes received; 0 once released. */
    public synchronized int count() {
        return count;
    }

    /** Whether it is so large that preparing what it asks for takes much time and memory. */
    public synchronized boolean isHuge() {
        return count > HUGE;
    }

    /** Gives the memory back to the budget. Any thread; only the first call counts. */
    public synchronized void release() {
        budget.giveBack(budgeted);
        budgeted = 0;
        bytes = NONE;
        count = 0;
    }

    private boolean grow(int needed, long announced) {
        long grown = bytes.length * (long) (bytes.length < HUGE ? GROWTH : HUGE_GROWTH);
        long wanted = Math.max(Math.max(needed, FIRST), grown);
        long size = announced >= needed ? Math.min(wanted, announced) : Math.min(wanted, Math.max(limit, needed));
        if (!budget.tryTake(size - bytes.length, size > HUGE)) {
            return false;
        }
        budgeted += size - bytes.length;
        bytes = Arrays.copyOf(bytes, (int) size);
        return true;
    }
}
