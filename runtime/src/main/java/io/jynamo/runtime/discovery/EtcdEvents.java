package io.jynamo.runtime.discovery;

import io.etcd.jetcd.Watch;
import io.etcd.jetcd.watch.WatchResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What one etcd watch says, until it breaks. Where more waits than there is room for, that is a break too. */
final class EtcdEvents implements Watch.Listener {
    private static final int ROOM = 1_024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final ArrayDeque<WatchResponse> waiting = new ArrayDeque<>();
    private boolean broken;

    /** The next; nothing when the time is over, or when it is broken and everything before was taken. */
    Optional<WatchResponse> next(Duration bound) throws InterruptedException {
        long left = bound.toNanos();
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty() && !broken && left > 0) {
                left = news.awaitNanos(left);
            }
            return Optional.ofNullable(waiting.poll());
        } finally {
            lock.unlock();
        }
    }

    /** Whoever follows it had better read everything anew. */
    void breakOff() {
        lock.lock();
        try {
            broken = true;
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    boolean isBroken() {
        lock.lock();
        try {
            return broken;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onNext(WatchResponse response) {
        lock.lock();
        try {
            if (broken || waiting.size() == ROOM) {
                broken = true;
            } else {
                waiting.add(response);
            }
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onError(Throwable thrown) {
        breakOff();
    }

    @Override
    public void onCompleted() {
        breakOff();
    }
}
