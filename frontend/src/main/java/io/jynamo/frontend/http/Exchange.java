package io.jynamo.frontend.http;

import io.jynamo.frontend.keys.Visit;
import io.netty.channel.EventLoop;
import java.util.function.LongConsumer;

/**
 * One request and the answer to it, whether it came over a connection or is the server's own.
 *
 * <p>Either {@link #respond} once, or {@link #begin}, any number of {@link #write}, then {@link #end}. {@code respond}
 * may be called from any thread; everything else on {@link #loop()}.
 */
public interface Exchange extends Outlet {
    RequestHead head();

    /** How its client is told that it failed. */
    ErrorForm errors();

    /** The body, whole. Released at the end of the exchange, or sooner by whoever has read it. */
    RequestBody body();

    /** The request as its key sees it. */
    Visit visit();

    /** Whether somebody waits for the answer; where nobody does, whoever made the request ends it in time. */
    default boolean isAwaited() {
        return true;
    }

    /** {@link System#nanoTime()} when the head was read. */
    long arrivedNanos();

    EventLoop loop();

    /** Whether the client is still there and the answer is not yet whole. */
    boolean isOpen();

    void listen(ExchangeListener to);

    /**
     * Tells {@code onTick} every few dozen milliseconds that time went by, on {@link #loop()} and for as long as that
     * lives, whatever becomes of the exchange. Returns what ends it. Both on {@link #loop()} only.
     */
    Runnable watchTime(LongConsumer onTick);

    /** Cuts the answer short: it cannot be finished and the client must notice. */
    void abort();
}
