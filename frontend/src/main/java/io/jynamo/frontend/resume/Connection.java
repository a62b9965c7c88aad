package io.jynamo.frontend.resume;

import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.http.ExchangeListener;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;

/**
 * One of the connections that a stream reaches its client over, which may live on another event loop than the stream.
 *
 * <p>Every method is called on the stream's loop and does its work on the connection's; what the connection says comes
 * back on the stream's. What is under way between the two counts, so that a slow connection is noticed.
 */
final class Connection implements ExchangeListener {
    private static final int MOST_UNDER_WAY = 64 * 1024;

    private final Exchange exchange;
    private final EventLoop home;
    private final ResumableStream stream;
    private int underWay;

    Connection(Exchange exchange, EventLoop home, ResumableStream stream) {
        this.exchange = exchange;
        this.home = home;
        this.stream = stream;
    }

    /** Whether it takes a piece now. */
    boolean isReady() {
        return underWay < MOST_UNDER_WAY && exchange.isWritable();
    }

    /** Sends the head of the answer, at once where {@code alone}. */
    void begin(String contentType, List<Map.Entry<String, String>> headers, boolean alone) {
        there(() -> {
            if (!exchange.isOpen()) {
                onGone();
                return;
            }
            exchange.listen(this);
            exchange.begin(200, contentType, headers);
            if (alone) {
                exchange.flush();
            }
        });
    }

    /** Sends bytes, which it owns from now on. */
    void send(byte[] piece) {
        underWay += piece.length;
        there(() -> {
            exchange.write(piece, piece.length);
            exchange.flush();
            here(() -> {
                underWay -= piece.length;
                stream.onSent(this);
            });
        });
    }

    void end() {
        there(exchange::end);
    }

    void respond(Answer answer) {
        exchange.respond(answer);
    }

    /** Cuts it: another one has taken its place, or what it should get is not kept any more. */
    void cut() {
        there(exchange::abort);
    }

    @Override
    public void onGone() {
        here(() -> stream.onGone(this));
    }

    @Override
    public void onWritable() {
        here(() -> stream.onWritable(this));
    }

    @Override
    public void onTick(long nowNanos) {
        // The stream has a clock of its own, because it lives on when the connection is gone.
    }

    private void there(Runnable step) {
        run(exchange.loop(), step);
    }

    private void here(Runnable step) {
        run(home, step);
    }

    private static void run(EventLoop loop, Runnable step) {
        if (loop.inEventLoop()) {
            step.run();
            return;
        }
        try {
            loop.execute(step);
        } catch (RejectedExecutionException stopped) {
            System.getLogger(Connection.class.getName())
                    .log(System.Logger.Level.DEBUG, "the server was closed under a stream", stopped);
        }
    }
}
