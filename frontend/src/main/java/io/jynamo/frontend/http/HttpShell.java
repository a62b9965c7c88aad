package io.jynamo.frontend.http;

import io.netty.channel.EventLoop;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What all connections of a server share. */
final class HttpShell {
    private static final System.Logger LOG = System.getLogger(HttpShell.class.getName());

    private final HttpLimits limits;
    private final Dispatcher dispatcher;
    private final LoopDelay delay;
    private final BodyBudget budget;
    private final ConcurrentHashMap<EventLoop, LoopClock> clocks = new ConcurrentHashMap<>();
    private final AtomicInteger exchanges = new AtomicInteger();

    HttpShell(HttpLimits limits, Dispatcher dispatcher, LoopDelay delay) {
        this.limits = limits;
        this.dispatcher = dispatcher;
        this.delay = delay;
        this.budget = new BodyBudget(limits.maxBufferedBytes(), limits.maxBodyBytes());
    }

    HttpLimits limits() {
        return limits;
    }

    Dispatcher dispatcher() {
        return dispatcher;
    }

    BodyBudget budget() {
        return budget;
    }

    LoopClock clock(EventLoop loop) {
        return clocks.computeIfAbsent(loop, made -> new LoopClock(made, delay));
    }

    void onExchangeBegin() {
        exchanges.incrementAndGet();
    }

    void onExchangeEnd() {
        exchanges.decrementAndGet();
    }

    /** Exchanges whose answer is not whole yet. */
    int exchanges() {
        return exchanges.get();
    }

    void onUnexpected(Throwable cause) {
        if (cause instanceof javax.net.ssl.SSLException
                || cause instanceof io.netty.handler.codec.DecoderException
                || cause instanceof io.netty.handler.codec.http2.Http2Exception) {
            LOG.log(System.Logger.Level.DEBUG, "a client broke its connection", cause);
        } else {
            LOG.log(System.Logger.Level.WARNING, "a connection is closed after an unexpected failure", cause);
        }
    }
}
