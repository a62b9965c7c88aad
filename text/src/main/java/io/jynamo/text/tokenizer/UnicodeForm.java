package io.jynamo.text.tokenizer;

import java.text.Normalizer.Form;
import java.util.BitSet;

/** A Unicode normalization form, with a quick test that spares most text the work. */
record UnicodeForm(Form form) implements Normalizer {
    @Override
    public boolean keepsAscii() {
        return true;
    }

    /** So many stable characters in a row end a part that needs work: fewer are not worth a call of their own. */
    private static final int GAP = 16;

    @Override
    public String apply(String text) {
        return form == Form.NFC ? composed(text) : java.text.Normalizer.normalize(text, form);
    }

    /** The NFC of a text: only what is not stable, with the stable character before it, is given to the JDK. */
    private static String composed(String text) {
        StringBuilder out = null;
        int done = 0;
        int n = text.length();
        for (int i = unstable(text, 0); i < n; ) {
            int from = i == 0 ? 0 : text.offsetByCodePoints(i, -1);
            int last = i;
            int next = unstable(text, i + 1);
            while (next < n && next - last <= GAP) {
                last = next;
                next = unstable(text, next + 1);
            }
            int to = last + Character.charCount(text.codePointAt(last));
            if (out == null) {
                out = new StringBuilder(n + 64);
            }
            out.append(text, done, from).append(java.text.Normalizer.normalize(text.substring(from, to), Form.NFC));
            done = to;
            i = next;
        }
        return out == null ? text : out.append(text, done, n).toString();
    }

    /** Where the next character is from {@code from} that NFC may change or put elsewhere, or the text's length. */
    private static int unstable(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                if (!isStable(c)) {
                    return i;
                }
            } else if (Character.isHighSurrogate(c)) {
                if (!isStableSupplementary(text.codePointAt(i))) {
                    return i;
                }
                i++;
            }
        }
        return text.length();
    }

    @Override
    public boolean keepsComposed() {
        return form == Form.NFC;
    }

    /** Whether NFC leaves a character of the basic plane alone whatever its neighbours. */
    static boolean isStable(char c) {
        return c < 0x300 || Stable.is(c);
    }

    /** Emoji, symbols and the large Han extensions; other supplementary characters take the slow way. */
    static boolean isStableSupplementary(int c) {
        return (c >= 0x1F000 && c <= 0x1FAFF) || (c >= 0x20000 && c < 0x2F800);
    }

    /** Built on first use: which characters of the basic plane are their own NFC and take no part in composition as the second. */
    private static final class Stable {
        private static final long[] BITS = new long[1024];
        private static final char YPOGEGRAMMENI = 0x345;

        static {
            var seconds = new BitSet();
            for (int c = 0; c < 0x10000; c++) {
                if (test((char) c, seconds)) {
                    BITS[c >> 6] |= 1L << (c & 63);
                }
            }
            seconds.stream().forEach(c -> BITS[c >> 6] &= ~(1L << (c & 63)));
        }

        static boolean is(char c) {
            return (BITS[c >> 6] & (1L << (c & 63))) != 0;
        }

        /** Whether a character is its own NFC and no mark that moves; notes in {@code seconds} what others are composed of. */
        private static boolean test(char c, BitSet seconds) {
            if (c < 0x300 || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xAC00 && c <= 0xD7A3)) {
                return true; // What Latin letters are composed of are marks that move.
            }
            boolean jamo = c >= 0x1160 && c <= 0x11FF;
            if (jamo || Character.isSurrogate(c)) {
                return false;
            }
            String self = String.valueOf(c);
            java.text.Normalizer.normalize(self, Form.NFD).chars().skip(1).forEach(seconds::set);
            return java.text.Normalizer.isNormalized(self, Form.NFC)
                    && !((CharClass.of(c) & CharClass.MARK) != 0 && moves(c));
        }

        /** Whether a mark goes before U+0345, whose combining class is the highest; that of marks which stay in their place is zero. */
        private static boolean moves(char c) {
            return c == YPOGEGRAMMENI || !java.text.Normalizer.isNormalized("a" + YPOGEGRAMMENI + c, Form.NFD);
        }
    }
}
