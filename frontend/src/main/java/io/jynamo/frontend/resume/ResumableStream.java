package io.jynamo.frontend.resume;

import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.http.ExchangeListener;
import io.jynamo.frontend.http.Outlet;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A stream of server-sent events whose client may come back after its connection broke.
 *
 * <p>How it works. What is written goes to a log first and from there to the client's connection, as fast as that takes
 * it. A connection that breaks leaves the stream without one: whoever writes goes on for a quarter of the log, then
 * waits; the rest is what the connection may have taken and not delivered. A client that comes back names the last event
 * it has and gets what followed from the log; it displaces a connection that the server still takes for alive. A stream
 * without a connection for longer than the window is given up: its writer hears that the client is gone, and its log is
 * freed. Ended streams are kept as long, because their last bytes may have been lost with the connection.
 *
 * <p>Invariants. Everything happens on the event loop the request came in on. Where there is a connection, the log holds
 * everything from {@code sent} on. A connection never gets a byte twice and never misses one. The log holds at most its
 * limit.
 */
public final class ResumableStream implements Outlet {
    private static final int PIECE_BYTES = 32 * 1024;
    private static final int MOST_UNSENT_BYTES = 64 * 1024;

    private final ResumableStreams streams;
    private final String token;
    private final String idField;
    private final Exchange first;
    private final ExchangeListener writer;
    private final EventLog log;
    private String contentType = "";
    private Runnable clock = () -> {};
    private @Nullable Connection client;
    private boolean begun;
    private boolean ended;
    private boolean closed;
    private boolean paused;
    private long sent;
    private long aloneSinceNanos;
    private long aloneFrom;

    ResumableStream(ResumableStreams streams, String token, Exchange first, ExchangeListener writer, EventLog log) {
        this.streams = streams;
        this.token = token;
        this.idField = "id: " + token + ".";
        this.first = first;
        this.writer = writer;
        this.log = log;
    }

    String token() {
        return token;
    }

    Exchange first() {
        return first;
    }

    EventLoop loop() {
        return first.loop();
    }

    /** Offset of the next byte written; an event's id names the offset it begins at. */
    public long position() {
        return log.end();
    }

    /** The field that every event must begin with, an offset to be added. */
    public String idField() {
        return idField;
    }

    @Override
    public void respond(Answer answer) {
        first.respond(answer);
        close();
    }

    @Override
    public void begin(int status, String type, List<Map.Entry<String, String>> headers) {
        begun = true;
        contentType = type;
        clock = first.watchTime(this::onTick);
        client = new Connection(first, loop(), this);
        List<Map.Entry<String, String>> all = new ArrayList<>(headers);
        all.addAll(headers());
        client.begin(contentType, all, false);
    }

    private List<Map.Entry<String, String>> headers() {
        return List.of(
                Map.entry("x-accel-buffering", "no"),
                Map.entry("x-jynamo-stream", token),
                Map.entry(
                        "x-jynamo-resume-window",
                        Long.toString(Math.max(1, streams.limits().window().toSeconds()))));
    }

    @Override
    public void write(byte[] bytes, int count) {
        if (closed) {
            return;
        }
        Connection to = client;
        long unsent = log.end() - sent;
        if (to != null && (unsent == 0 || !log.makeRoom(unsent + count))) {
            // What the log cannot hold waits in the connection, as all of it does where nothing is kept.
            while (sent < log.end()) {
                sendPiece(to);
            }
            to.send(Arrays.copyOf(bytes, count));
            sent += count;
        }
        log.append(bytes, count);
    }

    @Override
    public void flush() {
        pump();
    }

    @Override
    public void end() {
        ended = true;
        pump();
    }

    @Override
    public boolean isWritable() {
        Connection to = client;
        boolean room = to == null
                ? log.end() - aloneFrom < log.limit() / 4
                : log.end() - sent < MOST_UNSENT_BYTES && to.isReady();
        paused = !room;
        return room;
    }

    /** Hands the connection what it takes. */
    private void pump() {
        Connection to = client;
        while (to != null && to == client && to.isReady() && sent < log.end()) {
            sendPiece(to);
        }
        if (to != null && to == client && ended && sent == log.end() && to.isReady()) {
            leave();
            to.end();
        }
    }

    private void sendPiece(Connection to) {
        byte[] piece = new byte[(int) Math.min(PIECE_BYTES, log.end() - sent)];
        log.copy(sent, piece, piece.length);
        sent += piece.length;
        to.send(piece);
    }

    /**
     * Goes on over another connection, behind the event that began at {@code event}, or from the beginning where that is
     * negative.
     */
    void resume(Exchange over, long event) {
        long from = event < 0 ? 0 : log.after(event, idField + event);
        if (closed || !begun || from < log.start()) {
            streams.onExpired(over);
            return;
        }
        if (ended && from == log.end()) {
            streams.onResumed();
            over.respond(new Answer(204, contentType, List.of(), new byte[0]));
            return;
        }
        Connection before = client;
        var to = new Connection(over, loop(), this);
        client = to;
        sent = from;
        if (before != null) {
            before.cut();
        }
        streams.onResumed();
        to.begin(contentType, headers(), true);
        pump();
        letWriterGoOn();
    }

    /** Nothing will be written: its client left before the first event, or never got so far. */
    public void abandon() {
        if (!begun) {
            close();
        }
    }

    void onSent(Connection by) {
        if (by == client) {
            pump();
            letWriterGoOn();
        }
    }

    void onWritable(Connection by) {
        if (by == client) {
            pump();
            letWriterGoOn();
        }
    }

    void onGone(Connection which) {
        if (which == client) {
            leave();
            letWriterGoOn();
        }
    }

    private void leave() {
        client = null;
        aloneSinceNanos = System.nanoTime();
        aloneFrom = log.end();
    }

    private void letWriterGoOn() {
        if (paused && !ended && !closed && isWritable()) {
            writer.onWritable();
        }
    }

    private void onTick(long nowNanos) {
        if (!ended) {
            letWriterGoOn();
            writer.onTick(nowNanos);
        }
        if (client == null
                && !closed
                && nowNanos - aloneSinceNanos > streams.limits().window().toNanos()) {
            giveUp();
        }
    }

    /** Ends it for good: nobody came back in time, or its client said so. */
    void giveUp() {
        Connection to = client;
        boolean running = !ended;
        close();
        if (running) {
            ended = true;
            writer.onGone();
        }
        if (to != null) {
            to.cut();
        }
    }

    private void close() {
        if (!closed) {
            closed = true;
            client = null;
            clock.run();
            log.close();
            streams.onClosed(this);
        }
    }
}
