package io.jynamo.text.tokenizer;

/**
 * Punctuation as BERT's stages of the Hugging Face library know it: its tables are Unicode 8's, so what became punctuation later is a letter
 * to them. The later ones were found by asking the library about every code point.
 */
final class BertPunctuation {
    /** From, to, from, to: punctuation that came after Unicode 8. */
    private static final int[] LATER = {
        0x61D, 0x61D, 0x9FD, 0x9FD, 0xA76, 0xA76, 0xC77, 0xC77, 0xC84, 0xC84, 0x1B4E, 0x1B4F, 0x1B7D, 0x1B7F, 0x2E43,
        0x2E4F, 0x2E52, 0x2E5D, 0x10D6E, 0x10D6E, 0x10EAD, 0x10EAD, 0x10F55, 0x10F59, 0x10F86, 0x10F89, 0x113D4,
        0x113D5, 0x113D7, 0x113D8, 0x1144B, 0x1144F, 0x1145A, 0x1145B, 0x1145D, 0x1145D, 0x11660, 0x1166C, 0x116B9,
        0x116B9, 0x1183B, 0x1183B, 0x11944, 0x11946, 0x119E2, 0x119E2, 0x11A3F, 0x11A46, 0x11A9A, 0x11A9C, 0x11A9E,
        0x11AA2, 0x11B00, 0x11B09, 0x11BE1, 0x11BE1, 0x11C41, 0x11C45, 0x11C70, 0x11C71, 0x11EF7, 0x11EF8, 0x11F43,
        0x11F4F, 0x11FFF, 0x11FFF, 0x12FF1, 0x12FF2, 0x16D6D, 0x16D6F, 0x16E97, 0x16E9A, 0x16FE2, 0x16FE2, 0x1E5FF,
        0x1E5FF, 0x1E95E, 0x1E95F
    };

    private BertPunctuation() {}

    static boolean contains(int c) {
        int mask = CharClass.of(c);
        if ((mask & CharClass.ASCII_PUNCTUATION) != 0) {
            return true;
        }
        return (mask & CharClass.PUNCTUATION) != 0 && !isLater(c);
    }

    private static boolean isLater(int c) {
        for (int i = 0; i < LATER.length && c >= LATER[i]; i += 2) {
            if (c <= LATER[i + 1]) {
                return true;
            }
        }
        return false;
    }
}
