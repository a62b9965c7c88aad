package io.jynamo.text.tokenizer;

import java.text.Normalizer.Form;

/** A Unicode normalization form, with a quick test that spares most text the work. */
record UnicodeForm(Form form) implements Normalizer {
    @Override
    public boolean keepsAscii() {
        return true;
    }

    @Override
    public String apply(String text) {
        return java.text.Normalizer.normalize(text, form);
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

        static {
            for (int c = 0; c < 0x10000; c++) {
                if (test((char) c)) {
                    BITS[c >> 6] |= 1L << (c & 63);
                }
            }
        }

        static boolean is(char c) {
            return (BITS[c >> 6] & (1L << (c & 63))) != 0;
        }

        private static boolean test(char c) {
            if (c < 0x300 || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xAC00 && c <= 0xD7A3)) {
                return true;
            }
            boolean jamo = c >= 0x1160 && c <= 0x11FF;
            if (jamo || Character.isSurrogate(c) || (CharClass.of(c) & CharClass.MARK) != 0) {
                return false;
            }
            return java.text.Normalizer.isNormalized(String.valueOf(c), Form.NFC);
        }
    }
}
