package io.jynamo.frontend.http;

import io.jynamo.frontend.keys.Visit;
import io.jynamo.protocol.ErrorCode;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A request of the server's own, which came over no connection: its body is given, and its answer, which must be whole, goes
 * to whoever made it. It ends once, with an answer or because whoever made it wants none any more ({@link #cancel}).
 */
public final class LocalExchange implements Exchange {
    private final RequestHead head;
    private final RequestBody body;
    private final Visit visit;
    private final ErrorForm errors;
    private final EventLoop loop;
    private final LoopClock clock;
    private final Consumer<Answer> to;
    private final long arrivedNanos = System.nanoTime();
    private boolean open = true;
    private Runnable unwatch = () -> {};
    private @Nullable ExchangeListener listener;

    /** @param to is told the answer, on {@code loop} */
    LocalExchange(
            RequestHead head,
            RequestBody body,
            Visit visit,
            ErrorForm errors,
            EventLoop loop,
            LoopClock clock,
            Consumer<Answer> to) {
        this.head = head;
        this.body = body;
        this.visit = visit;
        this.errors = errors;
        this.loop = loop;
        this.clock = clock;
        this.to = to;
    }

    /** Hands it to who answers such requests. */
    void start(Endpoint endpoint) {
        loop.execute(() -> {
            if (!open) {
                return;
            }
            unwatch = clock.add((long now) -> {
                if (listener != null && open) {
                    listener.onTick(now);
                }
            });
            endpoint.handle(this);
        });
    }

    /** Nobody wants its answer any more; none is told from now on. */
    public void cancel() {
        loop.execute(() -> {
            if (open) {
                close();
                if (listener != null) {
                    listener.onGone();
                }
                visit.onOver();
            }
        });
    }

    private void close() {
        open = false;
        unwatch.run();
        body.release();
    }

    @Override
    public void respond(Answer answer) {
        if (loop.inEventLoop()) {
            send(answer);
        } else {
            loop.execute(() -> send(answer));
        }
    }

    private void send(Answer answer) {
        if (!open) {
            return;
        }
        close();
        visit.onAnswer(answer.status(), (name, value) -> {});
        visit.onWritten(answer.body(), answer.body().length);
        visit.onOver();
        to.accept(answer);
    }

    @Override
    public void begin(int status, String contentType, List<Map.Entry<String, String>> headers) {
        ExchangeListener told = listener;
        respond(errors.answer(ErrorCode.UNSUPPORTED_PARAMETER, "Only answers that are sent whole are taken here."));
        if (told != null) {
            told.onGone(); // what is still to be streamed has nowhere to go
        }
    }

    @Override
    public void write(byte[] bytes, int count) {
        // Nothing of a streamed answer is wanted.
    }

    @Override
    public void flush() {}

    @Override
    public void end() {}

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public RequestHead head() {
        return head;
    }

    @Override
    public ErrorForm errors() {
        return errors;
    }

    @Override
    public RequestBody body() {
        return body;
    }

    @Override
    public Visit visit() {
        return visit;
    }

    @Override
    public boolean isAwaited() {
        return false;
    }

    @Override
    public long arrivedNanos() {
        return arrivedNanos;
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void listen(ExchangeListener listening) {
        listener = listening;
    }

    @Override
    public Runnable watchTime(LongConsumer onTick) {
        return clock.add(onTick);
    }

    @Override
    public void abort() {
        cancel();
    }
}
