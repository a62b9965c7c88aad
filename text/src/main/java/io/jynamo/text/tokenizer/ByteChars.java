package io.jynamo.text.tokenizer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** GPT-2's alphabet: a printable character for each byte, in which byte-level vocabularies are written. */
final class ByteChars {
    private static final char[] CHARACTERS = new char[256];
    private static final short[] BYTES = new short[512];

    static {
        Arrays.fill(BYTES, (short) -1);
        int extra = 0;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
            CHARACTERS[b] = (char) (printable ? b : 256 + extra++);
            BYTES[CHARACTERS[b]] = (short) b;
        }
    }

    private ByteChars() {}

    static char character(byte b) {
        return CHARACTERS[b & 0xFF];
    }

    /** The bytes a word of the alphabet stands for, or null where a character is not of it. */
    static byte @Nullable [] bytes(String word) {
        var result = new byte[word.length()];
        for (int i = 0; i < result.length; i++) {
            char c = word.charAt(i);
            if (c >= BYTES.length || BYTES[c] < 0) {
                return null;
            }
            result[i] = (byte) BYTES[c];
        }
        return result;
    }
}
