package io.jynamo.text.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What each id stands for in running text, as bytes. Text is their concatenation, read as UTF-8: malformed bytes become U+FFFD, one for each
 * maximal subpart. A run of byte tokens keeps its valid characters even where the run as a whole is malformed, so that what a stream has
 * given stays true.
 */
final class Decoding {
    /** Of all tokens together; a vocabulary of a million has some ten. */
    private static final int MAX_BYTES = 1 << 28;

    private final Steps steps;
    private final byte[] pieces;
    private final int[] offsets;
    private final @Nullable String[] texts;

    /** How a token's text in the vocabulary becomes running text. */
    @FunctionalInterface
    interface Step {
        /** {@code first}: the token is the first of its text. */
        String apply(String token, boolean first);
    }

    /**
     * A family's rules.
     *
     * @param perToken applied one after the other
     * @param byteLevel tokens are then written in GPT-2's alphabet
     * @param byteFallback {@code <0xXX>} stands for a byte
     * @param firstDiffers a token reads differently at the start of a text
     * @param stripStart how many times {@code stripped} is taken from the start of a text
     */
    record Steps(
            List<Step> perToken,
            boolean byteLevel,
            boolean byteFallback,
            boolean firstDiffers,
            int stripStart,
            char stripped) {
        Steps {
            perToken = List.copyOf(perToken);
        }

        /** Byte-level decoding and nothing else. */
        static Steps bytes() {
            return new Steps(List.of(), true, false, false, 0, ' ');
        }

        /** SentencePiece's: the mark is a space, bytes are bytes, and the space put before a text is taken off again. */
        static Steps marks(boolean leadingSpace) {
            Step step = (token, first) -> token.replace('\u2581', ' ');
            return new Steps(List.of(step), false, true, false, leadingSpace ? 1 : 0, ' ');
        }

        byte[] bytes(String token, boolean first) {
            String text = token;
            for (Step step : perToken) {
                text = step.apply(text, first);
                Growth.check(text.length(), token.length());
            }
            if (byteLevel) {
                byte[] raw = ByteChars.bytes(text);
                if (raw != null) {
                    return raw;
                }
            }
            int b = byteFallback ? BpeModel.byteOf(text) : -1;
            return b >= 0 ? new byte[] {(byte) b} : text.getBytes(StandardCharsets.UTF_8);
        }
    }

    private Decoding(Steps steps, @Nullable String[] texts, byte[] pieces, int[] offsets) {
        this.steps = steps;
        this.texts = texts;
        this.pieces = pieces;
        this.offsets = offsets;
    }

    /** Applies {@code steps} to every token; {@code fixed[id]}, where not null, is what that id stands for instead. */
    static Decoding of(Vocabulary vocabulary, Steps steps, byte @Nullable [][] fixed) {
        int size = vocabulary.size();
        var texts = new String[size];
        var pieces = new byte[size * 8 + 16];
        var offsets = new int[size + 1];
        int at = 0;
        for (int id = 0; id < size; id++) {
            String text = vocabulary.text(id);
            texts[id] = text;
            byte[] own = fixed == null ? null : fixed[id];
            byte[] bytes = own != null ? own : text == null ? new byte[0] : steps.bytes(text, false);
            if (bytes.length > MAX_BYTES - at) {
                throw Refusal.corrupt("its tokens are more than " + MAX_BYTES + " bytes of text");
            }
            if (pieces.length < at + bytes.length) {
                pieces = Arrays.copyOf(pieces, Math.max(at + bytes.length, pieces.length * 2));
            }
            System.arraycopy(bytes, 0, pieces, at, bytes.length);
            at += bytes.length;
            offsets[id + 1] = at;
        }
        return new Decoding(steps, texts, Arrays.copyOf(pieces, at), offsets);
    }

    byte[] bytes(int id) {
        return Arrays.copyOfRange(pieces, offsets[id], offsets[id + 1]);
    }

    /** Collects the bytes of a text, token by token. */
    final class Writer {
        private byte[] buffer = new byte[64];
        private int from;
        private int count;
        private boolean started;
        private int toStrip = steps.stripStart();

        void add(int id) {
            if (!started && steps.firstDiffers()) {
                String text = texts[id];
                byte[] bytes = text == null ? new byte[0] : steps.bytes(text, true);
                append(bytes, 0, bytes.length);
            } else {
                append(pieces, offsets[id], offsets[id + 1]);
            }
            started = true;
        }

        private void append(byte[] source, int start, int end) {
            int i = start;
            while (toStrip > 0 && i < end) {
                if (source[i] == (byte) steps.stripped()) {
                    toStrip--;
                    i++;
                } else {
                    toStrip = 0;
                }
            }
            if (from > 0 && from == count) {
                from = 0;
                count = 0;
            }
            if (buffer.length < count + end - i) {
                buffer = Arrays.copyOf(buffer, Math.max(count + end - i, buffer.length * 2));
            }
            System.arraycopy(source, i, buffer, count, end - i);
            count += end - i;
        }

        /** Everything not yet taken. */
        String takeAll() {
            String text = Utf8.lossy(buffer, from, count);
            from = count;
            return text;
        }

        /** What is certain: all but a last character that later bytes may complete. */
        String takeComplete() {
            int end = count - Utf8.incompleteTail(buffer, from, count);
            String text = end == from ? "" : Utf8.lossy(buffer, from, end);
            int left = count - end;
            System.arraycopy(buffer, end, buffer, 0, left);
            from = 0;
            count = left;
            return text;
        }

        void reset() {
            from = 0;
            count = 0;
            started = false;
            toStrip = steps.stripStart();
        }
    }
}
