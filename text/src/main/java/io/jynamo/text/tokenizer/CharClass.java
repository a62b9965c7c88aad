package io.jynamo.text.tokenizer;

/** The classes of characters that pre-tokenizers tell apart, as bit masks of one short per code point. */
final class CharClass {
    static final int SPACE = 1;
    static final int NEWLINE = 1 << 1;
    static final int LETTER = 1 << 2;
    static final int NUMBER = 1 << 3;
    static final int MARK = 1 << 4;
    /** Lu, Lt, Lm, Lo, M: what may begin a word in the o200k family. */
    static final int UPPERISH = 1 << 5;
    /** Ll, Lm, Lo, M. */
    static final int LOWERISH = 1 << 6;

    static final int PUNCTUATION = 1 << 7;
    static final int SYMBOL = 1 << 8;
    /** Han, Hiragana and Katakana as the DeepSeek tokenizers isolate them. */
    static final int CJK = 1 << 9;

    static final int ASCII_LETTER = 1 << 10;
    static final int ASCII_PUNCTUATION = 1 << 11;

    private static final short[] BMP = new short[1 << 16];

    static {
        for (int c = 0; c < BMP.length; c++) {
            BMP[c] = (short) classify(c);
        }
    }

    private CharClass() {}

    static int of(int codePoint) {
        return codePoint < 0x10000 ? BMP[codePoint] : classify(codePoint);
    }

    /** Table for the first 128 code points, to be held in a local variable by scanners. */
    static short[] table() {
        return BMP;
    }

    static boolean isSpace(int c) {
        return switch (c) {
            case 9, 10, 11, 12, 13, 0x20, 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000 -> true;
            default -> c >= 0x2000 && c <= 0x200A;
        };
    }

    private static int classify(int c) {
        int mask = generalClass(Character.getType(c));
        if (isSpace(c)) {
            mask |= SPACE;
        }
        if (c == '\n' || c == '\r') {
            mask |= NEWLINE;
        }
        if ((c >= 0x4E00 && c <= 0x9FA5) || (c >= 0x3040 && c <= 0x30FF)) {
            mask |= CJK;
        }
        if (c < 128 && (mask & LETTER) != 0) {
            mask |= ASCII_LETTER;
        }
        if (c < 128 && (mask & (PUNCTUATION | SYMBOL)) != 0) {
            mask |= ASCII_PUNCTUATION;
        }
        return mask;
    }

    /** The classes of a general category, as {@link Character#getType(int)} numbers them. */
    static int generalClass(int type) {
        return switch (type) {
            case Character.UPPERCASE_LETTER, Character.TITLECASE_LETTER -> LETTER | UPPERISH;
            case Character.LOWERCASE_LETTER -> LETTER | LOWERISH;
            case Character.MODIFIER_LETTER, Character.OTHER_LETTER -> LETTER | UPPERISH | LOWERISH;
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK ->
                MARK | UPPERISH | LOWERISH;
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> NUMBER;
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION -> PUNCTUATION;
            case Character.MATH_SYMBOL, Character.CURRENCY_SYMBOL, Character.MODIFIER_SYMBOL, Character.OTHER_SYMBOL ->
                SYMBOL;
            default -> 0;
        };
    }
}
