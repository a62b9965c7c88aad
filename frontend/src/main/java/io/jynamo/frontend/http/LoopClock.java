package io.jynamo.frontend.http;

import io.netty.channel.EventLoop;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * The one timer of an event loop: tells everything registered that time went by, and how late the loop was.
 *
 * <p>Timeouts are checked here instead of being scheduled one by one, which would cost a heap operation per request. An
 * idle loop has no timer at all. Used on its event loop only.
 */
@SuppressWarnings("FutureReturnValueIgnored") // neither a timer nor a shutdown is waited for here
final class LoopClock {
    /** Something with timeouts. */
    abstract static class Watched {
        private int slot = -1;

        /** Called about every {@link LoopClock#TICK_MILLIS}. */
        abstract void onTick(long nowNanos);
    }

    static final int TICK_MILLIS = 25;

    private final EventLoop loop;
    private final LoopDelay delay;
    private Watched[] watched = new Watched[16];
    private int count;
    private boolean ticking;
    private long dueNanos;

    LoopClock(EventLoop loop, LoopDelay delay) {
        this.loop = loop;
        this.delay = delay;
    }

    void add(Watched one) {
        if (count == watched.length) {
            watched = Arrays.copyOf(watched, count * 2);
        }
        one.slot = count;
        watched[count++] = one;
        if (!ticking) {
            ticking = true;
            schedule();
        }
    }

    /** Adds a listener; what is returned removes it. */
    Runnable add(LongConsumer onTick) {
        var one = new Watched() {
            @Override
            void onTick(long nowNanos) {
                onTick.accept(nowNanos);
            }
        };
        add(one);
        return () -> remove(one);
    }

    void remove(Watched one) {
        if (one.slot < 0) {
            return;
        }
        Watched last = watched[--count];
        watched[one.slot] = last;
        last.slot = one.slot;
        one.slot = -1;
    }

    private void schedule() {
        dueNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
        loop.schedule(this::tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        long now = System.nanoTime();
        delay.onDelay(Math.max(0, now - dueNanos));
        // Backwards, because a tick may remove its own entry, which moves the last one into its place.
        for (int i = count - 1; i >= 0; i--) {
            if (i < count) {
                watched[i].onTick(now);
            }
        }
        if (count > 0) {
            schedule();
        } else {
            ticking = false;
        }
    }
}
