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
    private static final byte[][] TEXTS = ascii("\"content\":\"", "\"text\":\"", "\"reasoning_content\":\"");
    private static final byte[] USAGE = ascii("\"usage\":{")[0];
    private static final byte[] ERROR = ascii("\"error\":")[0];
    private static final byte[] DONE = ascii("data: [DONE]")[0];

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
            hold(b, MOST_HEAD_BYTES);
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
        for (int i = 0; i < count; i++) {
            byte b = bytes.get();
            hold(b, MOST_EVENT_BYTES);
            if (events && b == '\n' && heldBytes >= 2 && held[heldBytes - 2] == '\n') {
                event();
                heldBytes = 0;
            }
        }
        left -= count;
        if (left == 0) {
            if (state == State.CHUNK) {
                state = State.CHUNK_END;
            } else if (state == State.SIZED) {
                complete();
            }
        }
    }

    private void complete() {
        if (heldBytes > 0) {
            event();
        }
        state = State.COMPLETE;
    }

    private void event() {
        for (byte[] text : TEXTS) {
            int at = find(text, 0);
            if (at >= 0 && held[at + text.length] != '"') {
                newTexts++;
                break;
            }
        }
        int usage = find(USAGE, 0);
        if (usage >= 0) {
            promptTokens = number("\"prompt_tokens\":", promptTokens);
            completionTokens = number("\"completion_tokens\":", completionTokens);
            cachedTokens = number("\"cached_tokens\":", cachedTokens);
        }
        done |= heldBytes < 32 && find(DONE, 0) == 0;
        error |= find(ERROR, 0) >= 0 && find(ascii("\"error\":null")[0], 0) < 0;
    }

    private int number(String name, int otherwise) {
        byte[] key = ascii(name)[0];
        int at = find(key, 0);
        if (at < 0) {
            return otherwise;
        }
        int value = 0;
        int i = at + key.length;
        while (i < heldBytes && held[i] == ' ') {
            i++;
        }
        int from = i;
        for (; i < heldBytes && held[i] >= '0' && held[i] <= '9'; i++) {
            value = value * 10 + held[i] - '0';
        }
        return i == from ? otherwise : value;
    }

    private int find(byte[] wanted, int from) {
        int last = heldBytes - wanted.length;
        outer:
        for (int i = from; i <= last; i++) {
            if (held[i] != wanted[0]) {
                continue;
            }
            for (int j = 1; j < wanted.length; j++) {
                if (held[i + j] != wanted[j]) {
                    continue outer;
                }
            }
            return i;
        }
        return -1;
    }

    private void hold(byte b, int most) {
        if (heldBytes == held.length) {
            if (heldBytes >= most) {
                throw new IllegalArgumentException("more than " + most + " bytes without an end");
            }
            held = Arrays.copyOf(held, held.length * 2);
        }
        held[heldBytes++] = b;
    }

    private static byte[][] ascii(String... texts) {
        return Arrays.stream(texts)
                .map(text -> text.getBytes(StandardCharsets.US_ASCII))
                .toArray(byte[][]::new);
    }
}
