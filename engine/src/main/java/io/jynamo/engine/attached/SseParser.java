package io.jynamo.engine.attached;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * A reader of a stream of server-sent events, given its bytes in pieces of any size. Lines end in CR, LF or both; comments
 * and unknown fields are skipped. An event that the stream's end cuts off is never told.
 */
public final class SseParser {
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    /** The server sent an event longer than it may be. */
    public static final class TooLong extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooLong(int limit) {
            super("an event of the stream is longer than " + limit + " bytes");
        }
    }

    private final int maxEventBytes;
    private final Consumer<SseEvent> events;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
    private final StringBuilder data = new StringBuilder();
    private String name = "";
    private int eventBytes;
    private boolean hasData;
    private boolean afterCarriageReturn;
    private boolean beforeFirstLine = true;

    /** @param maxEventBytes the most bytes that the lines of one event may have */
    public SseParser(int maxEventBytes, Consumer<SseEvent> events) {
        this.maxEventBytes = maxEventBytes;
        this.events = events;
    }

    /** The next {@code count} bytes of the stream, from {@code from} on. */
    public void feed(byte[] bytes, int from, int count) {
        int end = from + count;
        int start = from;
        for (int i = from; i < end; i++) {
            byte b = bytes[i];
            if (b == '\n' || b == '\r') {
                boolean secondOfPair = b == '\n' && afterCarriageReturn && i == start && line.size() == 0;
                if (!secondOfPair) {
                    append(bytes, start, i - start);
                    endLine();
                }
                start = i + 1;
            }
            afterCarriageReturn = b == '\r';
        }
        append(bytes, start, end - start);
    }

    /** The stream came to its end. Some servers leave out the empty line after their last event. */
    public void end() {
        if (line.size() == 0) {
            dispatch();
        }
    }

    private void append(byte[] bytes, int from, int count) {
        if (eventBytes + (long) line.size() + count > maxEventBytes) {
            throw new TooLong(maxEventBytes);
        }
        line.write(bytes, from, count);
    }

    private void endLine() {
        byte[] bytes = line.toByteArray();
        line.reset();
        eventBytes += bytes.length + 1;
        int from = beforeFirstLine && startsWithMark(bytes) ? BYTE_ORDER_MARK.length : 0;
        beforeFirstLine = false;
        if (bytes.length == from) {
            dispatch();
            return;
        }
        onField(new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8));
    }

    private void onField(String text) {
        int colon = text.indexOf(':');
        String field = colon < 0 ? text : text.substring(0, colon);
        String value = colon < 0 ? "" : text.substring(colon + (text.startsWith(" ", colon + 1) ? 2 : 1));
        switch (field) {
            case "data" -> {
                if (hasData) {
                    data.append('\n');
                }
                data.append(value);
                hasData = true;
            }
            case "event" -> name = value;
            default -> {
                // A comment (its field is empty), an id, a retry, or something younger than this reader.
            }
        }
    }

    private void dispatch() {
        if (hasData) {
            events.accept(new SseEvent(name, data.toString()));
        }
        data.setLength(0);
        name = "";
        hasData = false;
        eventBytes = 0;
    }

    private static boolean startsWithMark(byte[] bytes) {
        if (bytes.length < BYTE_ORDER_MARK.length) {
            return false;
        }
        for (int i = 0; i < BYTE_ORDER_MARK.length; i++) {
            if (bytes[i] != BYTE_ORDER_MARK[i]) {
                return false;
            }
        }
        return true;
    }
}
