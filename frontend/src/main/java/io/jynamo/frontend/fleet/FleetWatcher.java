package io.jynamo.frontend.fleet;

import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.http.ExchangeListener;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who watches the fleet over server-sent events.
 *
 * <p>How it works. At most one snapshot waits: a newer one takes its place, so a slow reader sees fewer and costs no
 * memory. Events are not lost with it, as long as those kept reach back. Everything but {@link #offer} happens on the
 * event loop.
 */
final class FleetWatcher implements ExchangeListener {
    private static final byte[] RETRY = ascii("retry: 2000\n\n");
    private static final byte[] SNAPSHOT = ascii("event: snapshot\ndata: ");
    private static final byte[] EVENT = ascii("event: event\ndata: ");
    private static final byte[] END = ascii("\n\n");

    private final Exchange exchange;
    private final Runnable onGone;
    private final AtomicReference<@Nullable Frame> next = new AtomicReference<>();
    private long lastSequence;

    /**
     * What all watchers are told.
     *
     * @param snapshot as JSON
     * @param events the last, oldest first
     */
    @SuppressWarnings("ArrayRecordComponent") // written once, sent to each
    record Frame(byte[] snapshot, List<FleetEvent> events) {}

    /** @param onGone told when it watches no more; may be told again */
    FleetWatcher(Exchange exchange, Runnable onGone) {
        this.exchange = exchange;
        this.onGone = onGone;
    }

    /** Sends the head and the first snapshot, which has every event in it. */
    void begin(byte[] whole, long sequence) {
        lastSequence = sequence;
        exchange.begin(200, "text/event-stream; charset=utf-8", List.of(Map.entry("x-accel-buffering", "no")));
        write(RETRY);
        message(SNAPSHOT, whole);
        exchange.flush();
    }

    /** Has it sent when the socket takes it; any thread. */
    void offer(Frame frame) {
        if (next.getAndSet(frame) == null) {
            onLoop(this::send);
        }
    }

    /** Ends the answer; any thread. */
    void end() {
        onLoop(() -> {
            exchange.end();
            onGone.run();
        });
    }

    private void onLoop(Runnable step) {
        try {
            exchange.loop().execute(step);
        } catch (RejectedExecutionException closed) {
            onGone.run();
        }
    }

    private void send() {
        if (!exchange.isWritable()) {
            return; // told again once it is
        }
        Frame frame = next.getAndSet(null);
        if (frame == null) {
            return;
        }
        for (FleetEvent event : frame.events()) {
            if (event.sequence() > lastSequence) {
                lastSequence = event.sequence();
                message(EVENT, FleetJson.event(event));
            }
        }
        message(SNAPSHOT, frame.snapshot());
        exchange.flush();
    }

    private void message(byte[] head, byte[] data) {
        write(head);
        write(data);
        write(END);
    }

    private void write(byte[] bytes) {
        exchange.write(bytes, bytes.length);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void onGone() {
        onGone.run();
    }

    @Override
    public void onWritable() {
        send();
    }

    @Override
    public void onTick(long nowNanos) {}
}
