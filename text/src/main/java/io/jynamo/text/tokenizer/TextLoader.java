package io.jynamo.text.tokenizer;

/**
 * Writes parts of a text as UTF-8 in one pass and notes on the way what later stages want to know. Runs of 64 ASCII characters are copied as
 * blocks; a lone surrogate becomes U+FFFD. Scratch of one thread.
 */
final class TextLoader {
    private static final int BLOCK = 64;
    /** Characters looked at in one go, so that a huge text needs no second copy of itself. */
    private static final int CHUNK = 8192;

    private final char[] chars = new char[CHUNK];
    private boolean ascii;
    private boolean composed;
    private boolean mended;

    /** Whether the last part was ASCII alone. */
    boolean wasAscii() {
        return ascii;
    }

    /** Whether the last part surely is its own NFC. */
    boolean wasComposed() {
        return composed;
    }

    /** Whether the last part had lone surrogates. */
    boolean wasMended() {
        return mended;
    }

    /** Makes {@code into} one piece: the characters of {@code text} from {@code from} to {@code to}. */
    void load(String text, int from, int to, Pieces into) {
        into.clear();
        into.ensureText(to - from);
        ascii = true;
        composed = true;
        mended = false;
        int written = 0;
        for (int at = from; at < to; ) {
            int end = Math.min(to, at + CHUNK);
            if (end < to && Character.isHighSurrogate(text.charAt(end - 1))) {
                end--; // its other half goes with it
            }
            text.getChars(at, end, chars, 0);
            written = append(end - at, into, written);
            at = end;
        }
        into.length = written;
        into.add(0, written);
    }

    /** Writes the first {@code n} of {@link #chars} at {@code at} and returns where they end. */
    private int append(int n, Pieces into, int at) {
        into.ensureText(at + n);
        int written = at;
        for (int i = 0; i < n; i += BLOCK) {
            int end = Math.min(n, i + BLOCK);
            if (highest(chars, i, end) < 0x80) {
                narrow(chars, i, end, into.text, written);
                written += end - i;
            } else {
                into.ensureText(written + 3 * (n - i));
                end = slow(i, end, n, into.text, written);
                written = slowWritten;
                i = end - BLOCK;
            }
        }
        return written;
    }

    /** The bitwise or of a range: below a power of two exactly where every character is. */
    private static int highest(char[] chars, int from, int to) {
        int or = 0;
        for (int i = from; i < to; i++) {
            or |= chars[i];
        }
        return or;
    }

    private static void narrow(char[] chars, int from, int to, byte[] into, int at) {
        for (int i = from; i < to; i++) {
            into[at + i - from] = (byte) chars[i];
        }
    }

    private int slowWritten;

    /** Writes characters up to {@code end}, or one further where a surrogate pair lies across; returns where it stopped. */
    private int slow(int from, int end, int n, byte[] into, int at) {
        ascii = false;
        int j = at;
        int i = from;
        while (i < end) {
            char c = chars[i++];
            if (c < 0x80) {
                into[j++] = (byte) c;
            } else if (!Character.isSurrogate(c)) {
                composed = composed && UnicodeForm.isStable(c);
                j = Utf8.put(into, j, c);
            } else if (Character.isHighSurrogate(c) && i < n && Character.isLowSurrogate(chars[i])) {
                int codePoint = Character.toCodePoint(c, chars[i++]);
                composed = composed && UnicodeForm.isStableSupplementary(codePoint);
                j = Utf8.put(into, j, codePoint);
            } else {
                mended = true;
                j = Utf8.put(into, j, 0xFFFD);
            }
        }
        slowWritten = j;
        return i;
    }
}
