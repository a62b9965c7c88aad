package io.jynamo.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads one HTTP/1.1 response after another from bytes as they come, cut anywhere, and picks out of server-sent events
 * what a load generator counts: events with text, the usage, errors. A core: no clock, no socket.
 */
final class ResponseParser {
    private static final int MOST_HEAD_BYTES = 64 << 10;
    private static final int MOST_EVENT_BYTES = 16 << 20;
    private static final ByteSearch[] TEXTS = {
        new ByteSearch("\"content\":\""), new ByteSearch("\"text\":\""), new ByteSearch("\"reasoning_content\":\"")
    };
    private static final ByteSearch USAGE = new ByteSearch("\"usage\":{");
    private static final ByteSearch PROMPT_TOKENS = new ByteSearch("\"prompt_tokens\":");
    private static final ByteSearch COMPLETION_TOKENS = new ByteSearch("\"completion_tokens\":");
    private static final ByteSearch CACHED_TOKENS = new ByteSearch("\"cached_tokens\":");
    private static final ByteSearch ERROR = new ByteSearch("\"error\":");
    private static final ByteSearch NO_ERROR = new ByteSearch("\"error\":null");
    private static final ByteSearch DONE = new ByteSearch("data: [DONE]");

    private enum State {
        HEAD,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILER,
        SIZED,
        UNTIL_CLOSE,
        COMPLETE
    }

    private State state = State.HEAD;
    private byte[] held = new byte[4096];
    private int heldBytes;
    private int lineBytes;
    private long left;

    private int status;
    private boolean close;
    private boolean events;
    private boolean done;
    private boolean error;
    private int newTexts;
    private int promptTokens;
    private int completionTokens;
    private int cachedTokens;

    /** Makes ready for the next response. */
    void reset() {
        state = State.HEAD;
        heldBytes = 0;
        lineBytes = 0;
        status = 0;
        close = false;
        events = false;
        done = false;
        error = false;
        newTexts = 0;
        promptTokens = 0;
        completionTokens = 0;
        cachedTokens = 0;
    }

    /**
     * Takes bytes.
     *
     * @return whether the response is complete; bytes after it are left in the buffer
     * @throws IllegalArgumentException when it is no HTTP
     */
    boolean take(ByteBuffer bytes) {
        while (bytes.hasRemaining() && state != State.COMPLETE) {
            switch (state) {
                case HEAD -> head(bytes);
                case CHUNK_SIZE -> chunkSize(bytes);
                case CHUNK, SIZED -> body(bytes);
                case CHUNK_END -> chunkEnd(bytes);
                case TRAILER -> trailer(bytes);
                case UNTIL_CLOSE -> {
                    left = bytes.remaining();
                    body(bytes);
                }
                case COMPLETE -> {}
            }
        }
        return state == State.COMPLETE;
    }

    /** The peer closed: whether the response was whole. */
    boolean end() {
        if (state == State.UNTIL_CLOSE) {
            complete();
        }
        return state == State.COMPLETE;
    }

    int status() {
        return status;
    }

    /** Whether the connection ends with this response. */
    boolean closes() {
        return close;
    }

    /** Whether a stream said that it was whole; always so for other bodies. */
    boolean isDone() {
        return done || !events;
    }

    boolean hasError() {
        return error;
    }

    /** Events with text since the last call. */
    int takeTexts() {
        int texts = newTexts;
        newTexts = 0;
        return texts;
    }

    int promptTokens() {
        return promptTokens;
    }

    int completionTokens() {
        return completionTokens;
    }

    int cachedTokens() {
        return cachedTokens;
    }

    /** The beginning of a body that is no stream of events, for error messages. */
    String bodyStart() {
        return new String(held, 0, Math.min(heldBytes, 300), StandardCharsets.UTF_8);
    }

    private void head(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            byte b = bytes.get();
            hold(b);
            if (b == '\n' && heldBytes >= 4 && held[heldBytes - 3] == '\n') {
                readHead(new String(held, 0, heldBytes, StandardCharsets.ISO_8859_1));
                heldBytes = 0;
                return;
            }
        }
    }

    private void readHead(String head) {
        if (!head.startsWith("HTTP/1.") || head.length() < 12) {
            throw new IllegalArgumentException(
                    "no HTTP response: " + head.lines().findFirst().orElse(""));
        }
        status = Integer.parseInt(head.substring(9, 12));
        boolean chunked = false;
        long length = -1;
        for (String line : head.split("\r\n", -1)) {
            int colon = line.indexOf(':');
            String value = colon < 0 ? "" : line.substring(colon + 1).strip();
            switch (colon < 0 ? "" : line.substring(0, colon).toLowerCase(java.util.Locale.ROOT)) {
                case "transfer-encoding" -> chunked = value.equalsIgnoreCase("chunked");
                case "content-length" -> length = Long.parseLong(value);
                case "connection" -> close = value.equalsIgnoreCase("close");
                case "content-type" -> events = value.startsWith("text/event-stream");
                default -> {}
            }
        }
        if (chunked) {
            state = State.CHUNK_SIZE;
            left = 0;
        } else if (length == 0) {
            complete();
        } else {
            left = length;
            state = length > 0 ? State.SIZED : State.UNTIL_CLOSE;
            close |= length < 0;
        }
    }

    private void chunkSize(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            int b = bytes.get();
            int digit = Character.digit(b, 16);
            if (b == '\n') {
                lineBytes = 0;
                state = left == 0 ? State.TRAILER : State.CHUNK;
                return;
            }
            if (digit >= 0 && lineBytes >= 0) {
                left = left * 16 + digit;
                lineBytes++;
            } else {
                lineBytes = -1; // an extension, or the carriage return
            }
        }
    }

    private void chunkEnd(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            if (bytes.get() == '\n') {
                left = 0;
                lineBytes = 0;
                state = State.CHUNK_SIZE;
                return;
            }
        }
    }

    private void trailer(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            byte b = bytes.get();
            if (b == '\n') {
                if (lineBytes == 0) {
                    complete();
                    return;
                }
                lineBytes = 0;
            } else if (b != '\r') {
                lineBytes++;
            }
        }
    }

    private void body(ByteBuffer bytes) {
        int count = (int) Math.min(left, bytes.remaining());
        ensure(count, MOST_EVENT_BYTES);
        int from = Math.max(1, heldBytes);
        bytes.get(held, heldBytes, count);
        heldBytes += count;
        left -= count;
        if (events) {
            cutEvents(from);
        }
        if (left == 0) {
            if (state == State.CHUNK) {
                state = State.CHUNK_END;
            } else if (state == State.SIZED) {
                complete();
            }
        }
    }

    /** Reads the whole events among what is held, and keeps the rest. */
    private void cutEvents(int from) {
        int begin = 0;
        for (int i = from; i < heldBytes; i++) {
            if (held[i] == '\n' && held[i - 1] == '\n' && i > begin) {
                event(begin, i + 1);
                begin = i + 1;
            }
        }
        if (begin > 0) {
            System.arraycopy(held, begin, held, 0, heldBytes - begin);
            heldBytes -= begin;
        }
    }

    private void complete() {
        if (heldBytes > 0) {
            event(0, heldBytes);
        }
        state = State.COMPLETE;
    }

    private void event(int from, int to) {
        boolean hasText = false;
        for (int i = 0; i < TEXTS.length && !hasText; i++) {
            int end = TEXTS[i].end(held, from, to);
            hasText = end >= 0 && end < to && held[end] != '"';
        }
        if (hasText) {
            newTexts++;
        }
        if (USAGE.end(held, from, to) >= 0) {
            promptTokens = number(PROMPT_TOKENS, from, to, promptTokens);
            completionTokens = number(COMPLETION_TOKENS, from, to, completionTokens);
            cachedTokens = number(CACHED_TOKENS, from, to, cachedTokens);
        }
        if (!hasText) {
            done |= to - from < 32 && DONE.end(held, from, to) >= 0;
            error |= ERROR.end(held, from, to) >= 0 && NO_ERROR.end(held, from, to) < 0;
        }
    }

    private int number(ByteSearch name, int from, int to, int otherwise) {
        int i = name.end(held, from, to);
        if (i < 0) {
            return otherwise;
        }
        while (i < to && held[i] == ' ') {
            i++;
        }
        int value = 0;
        int first = i;
        for (; i < to && held[i] >= '0' && held[i] <= '9'; i++) {
            value = value * 10 + held[i] - '0';
        }
        return i == first ? otherwise : value;
    }

    private void hold(byte b) {
        ensure(1, MOST_HEAD_BYTES);
        held[heldBytes++] = b;
    }

    private void ensure(int more, int most) {
        if (heldBytes + more > held.length) {
            if (heldBytes + more > most) {
                throw new IllegalArgumentException("more than " + most + " bytes without an end");
            }
            held = Arrays.copyOf(held, Math.max(held.length * 2, heldBytes + more));
        }
    }
}
