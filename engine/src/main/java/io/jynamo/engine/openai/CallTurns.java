package io.jynamo.engine.openai;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Who may ask a server next whose queue is first come, first served. Requests that give way share one call at a time while others
 * are open, so that those find at most that one before them, and never none at all.
 */
final class CallTurns {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int others;
    private int giving;

    /** A request is open that gives way to nobody, until {@link #onOtherEnd}. */
    void onOther() {
        change(1, 0);
    }

    void onOtherEnd() {
        change(-1, 0);
    }

    /**
     * Waits until one that gives way may make a call, until {@link #onCallEnd}.
     *
     * @param deadlineNanos by {@link System#nanoTime()}
     * @throws JynamoException DEADLINE_EXCEEDED; CANCELLED where the thread was interrupted, which it still is
     */
    void await(long deadlineNanos) {
        lock.lock();
        try {
            while (others > 0 && giving > 0) {
                if (changed.awaitNanos(deadlineNanos - System.nanoTime()) <= 0) {
                    throw new JynamoException(
                            ErrorCode.DEADLINE_EXCEEDED, "the request's time ran out while it let others go first");
                }
            }
            giving++;
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw new JynamoException(ErrorCode.CANCELLED, "the request was cancelled", cancelled);
        } finally {
            lock.unlock();
        }
    }

    void onCallEnd() {
        change(0, -1);
    }

    private void change(int otherMore, int givingMore) {
        lock.lock();
        try {
            others += otherMore;
            giving += givingMore;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
