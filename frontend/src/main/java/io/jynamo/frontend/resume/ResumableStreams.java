package io.jynamo.frontend.resume;

import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.http.ExchangeListener;
import io.jynamo.protocol.ErrorCode;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The streams whose clients may come back, by a token that only their client knows.
 *
 * <p>A client asks for one with {@code x-jynamo-resumable: true}; the stream's events then have ids. It goes on by
 * sending the last of them as {@code Last-Event-ID}, with the same key as before, either to the path it began at or as
 * {@code GET /v1/streams/TOKEN}. What is not kept any more is answered with STREAM_EXPIRED, and a stream that has been
 * received whole with 204, which tells an EventSource not to come again.
 */
public final class ResumableStreams {
    /** The path below which streams are met by their token. */
    public static final String PATH = "/v1/streams/";

    private static final String WISH = "x-jynamo-resumable";
    private static final int TOKEN_BYTES = 16;

    /** What becomes of clients that come back. */
    public enum Outcome {
        RESUMED,
        EXPIRED
    }

    private final ResumeLimits limits;
    private final MemoryBudget budget;
    private final Consumer<Outcome> outcomes;
    private final SecureRandom random = new SecureRandom();
    private final ConcurrentHashMap<String, ResumableStream> streams = new ConcurrentHashMap<>();

    /** @param outcomes told of each client that comes back */
    public ResumableStreams(ResumeLimits limits, Consumer<Outcome> outcomes) {
        this.limits = limits;
        this.budget = new MemoryBudget(limits.totalBytes());
        this.outcomes = outcomes;
    }

    ResumeLimits limits() {
        return limits;
    }

    /** Streams that are kept, with and without a client. */
    public int kept() {
        return streams.size();
    }

    /** Bytes that are kept of them. */
    public long keptBytes() {
        return budget.taken();
    }

    /**
     * A stream that outlives the connection of {@code exchange}, where its client wants one and there is room.
     *
     * @param writer told of time and room, and that the client is gone for good
     */
    public Optional<ResumableStream> open(Exchange exchange, ExchangeListener writer) {
        String wish = exchange.head().header(WISH);
        boolean wanted = wish != null
                && (wish.strip().equalsIgnoreCase("true") || wish.strip().equals("1"));
        if (!wanted || !limits.isOn() || !EventLog.reserve(budget)) {
            return Optional.empty();
        }
        byte[] bits = new byte[TOKEN_BYTES];
        random.nextBytes(bits);
        String token = HexFormat.of().formatHex(bits);
        var stream = new ResumableStream(this, token, exchange, writer, EventLog.open(budget, limits.streamBytes()));
        streams.put(token, stream);
        return Optional.of(stream);
    }

    /** {@code GET /v1/streams/TOKEN}: goes on behind the event last seen, or from the beginning where none is named. */
    public void resume(Exchange exchange) {
        String last = exchange.head().lastEvent();
        resume(exchange, last == null ? tokenOf(exchange) + ".-1" : last);
    }

    /** Goes on behind an event, whose id is {@code TOKEN.OFFSET}. */
    public void resume(Exchange exchange, String lastEvent) {
        exchange.body().release();
        int dot = lastEvent.lastIndexOf('.');
        long event;
        try {
            event = Long.parseLong(lastEvent, dot + 1, lastEvent.length(), 10);
        } catch (NumberFormatException malformed) {
            exchange.respond(exchange.errors()
                    .answer(
                            ErrorCode.INVALID_REQUEST,
                            "Last-Event-ID is none that this server gave: send the id of the last event as it came.",
                            "Last-Event-ID",
                            null));
            return;
        }
        ResumableStream stream = find(exchange, lastEvent.substring(0, Math.max(0, dot)));
        if (stream == null) {
            onExpired(exchange);
            return;
        }
        onLoop(stream, exchange, () -> stream.resume(exchange, event));
    }

    /** {@code DELETE /v1/streams/TOKEN}: ends a stream, which closing its connection does not. */
    public void cancel(Exchange exchange) {
        ResumableStream stream = find(exchange, tokenOf(exchange));
        if (stream == null) {
            onExpired(exchange);
            return;
        }
        onLoop(stream, exchange, () -> {
            stream.giveUp();
            exchange.respond(new Answer(204, Answer.JSON, List.of(), new byte[0]));
        });
    }

    private void onLoop(ResumableStream stream, Exchange exchange, Runnable step) {
        try {
            stream.loop().execute(step);
        } catch (RejectedExecutionException stopped) {
            onExpired(exchange);
        }
    }

    /** A stream by its token, if it is that of the same key. */
    private @Nullable ResumableStream find(Exchange exchange, String token) {
        ResumableStream stream = streams.get(token);
        return stream != null && key(stream.first()).equals(key(exchange)) ? stream : null;
    }

    private static String key(Exchange exchange) {
        return exchange.visit().terms().name();
    }

    private static String tokenOf(Exchange exchange) {
        return exchange.head().path().substring(PATH.length());
    }

    void onResumed() {
        outcomes.accept(Outcome.RESUMED);
    }

    void onExpired(Exchange exchange) {
        outcomes.accept(Outcome.EXPIRED);
        exchange.respond(exchange.errors()
                .answer(
                        ErrorCode.STREAM_EXPIRED,
                        "This server does not keep the stream, or not from the event named: a stream without a client is kept"
                                + " for " + limits.window().toSeconds() + " s and its last "
                                + limits.streamBytes() / 1024 + " KiB. Send the request anew."));
    }

    void onClosed(ResumableStream stream) {
        streams.remove(stream.token());
    }
}
