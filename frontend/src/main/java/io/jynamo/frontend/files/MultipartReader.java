package io.jynamo.frontend.files;

import io.jynamo.frontend.openai.Refusal;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Reads a {@code multipart/form-data} body (RFC 7578) that comes in pieces, cut anywhere, and holds no more of it than the head
 * of a part. Pure.
 *
 * <p>How it works. Parts are divided by CRLF, two dashes and the boundary. Only the first byte of that is a CR, so a match that
 * breaks off can begin anew only at the byte that broke it; what matched until then is data. Matched bytes that came with
 * earlier pieces are counted in {@code held}, for their piece is gone.
 */
final class MultipartReader {
    /** What a form is made of. */
    interface Parts {
        /** A part begins. */
        void onPart(PartHead head);

        /** More bytes of it. */
        void onData(byte[] bytes, int from, int count);

        /** It is whole. */
        void onPartEnd();
    }

    private enum Stage {
        PREAMBLE,
        /** Behind a delimiter: a line's end, or the dashes of the last. */
        DELIMITED,
        HEAD,
        DATA,
        END
    }

    private static final int MOST_HEAD_BYTES = 8_192;
    private static final int MOST_PADDING = 256;
    private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};

    private final byte[] delimiter;
    private final Parts parts;
    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private Stage stage = Stage.PREAMBLE;
    private int matched = 2; // a body may begin with its first delimiter, without the line's end before it
    private int held = 2;
    private int padding;
    private int last;

    MultipartReader(String boundary, Parts parts) {
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        this.parts = parts;
    }

    /** Takes the next piece. */
    void read(byte[] bytes, int count) {
        int at = 0;
        while (at < count) {
            at = switch (stage) {
                case PREAMBLE, DATA -> data(bytes, at, count);
                case DELIMITED -> delimited(bytes[at], at);
                case HEAD -> head(bytes[at], at);
                case END -> count;
            };
        }
    }

    /** Whether the closing delimiter was read. */
    boolean isWhole() {
        return stage == Stage.END;
    }

    private int data(byte[] bytes, int from, int count) {
        for (int i = from; i < count; i++) {
            byte one = bytes[i];
            if (one != delimiter[matched]) {
                if (held > 0) {
                    tell(delimiter, 0, held);
                    held = 0;
                }
                matched = one == '\r' ? 1 : 0;
            } else if (++matched == delimiter.length) {
                tell(bytes, from, i + 1 - (matched - held));
                onDelimiter();
                return i + 1;
            }
        }
        tell(bytes, from, count - (matched - held));
        held = matched;
        return count;
    }

    private void tell(byte[] bytes, int from, int to) {
        if (stage == Stage.DATA && to > from) {
            parts.onData(bytes, from, to - from);
        }
    }

    private void onDelimiter() {
        if (stage == Stage.DATA) {
            parts.onPartEnd();
        }
        stage = Stage.DELIMITED;
        matched = 0;
        held = 0;
        padding = 0;
        last = 0;
    }

    private int delimited(byte one, int at) {
        if (one == '-' && last == '-') {
            stage = Stage.END;
        } else if (one == '\n' && last == '\r') {
            stage = Stage.HEAD;
            head.reset();
            matched = 2; // a part without any head ends its head at once
        } else if (++padding > MOST_PADDING || !(one == '-' || one == '\r' || one == ' ' || one == '\t')) {
            throw broken("a boundary is followed by something else than a line's end");
        }
        last = one;
        return at + 1;
    }

    private int head(byte one, int at) {
        head.write(one);
        if (head.size() > MOST_HEAD_BYTES) {
            throw broken("the head of a part is longer than " + MOST_HEAD_BYTES + " bytes");
        }
        matched = one == HEAD_END[matched] ? matched + 1 : one == '\r' ? 1 : 0;
        if (matched == HEAD_END.length) {
            matched = 0;
            held = 0;
            stage = Stage.DATA;
            parts.onPart(PartHead.read(head.toString(StandardCharsets.UTF_8)));
        }
        return at + 1;
    }

    static Refusal broken(String why) {
        return Refusal.invalid("file", "The multipart form is broken: " + why + ".");
    }
}
