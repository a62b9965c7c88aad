package io.jynamo.text.tokenizer;

import org.jspecify.annotations.Nullable;

/** The regular expressions that a hand-written scanner stands for, recognised by their text. */
final class KnownPatterns {
    static final String GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
    static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    static final String CL100K = CONTRACTIONS
            + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    static final String QWEN2 = CL100K.replace("\\p{N}{1,3}", "\\p{N}");
    static final String QWEN35 = CONTRACTIONS
            + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String CASED_WORD_1 =
            "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+";
    private static final String CASED_WORD_2 =
            "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*";
    private static final String CASED_REST = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    static final String O200K =
            CASED_WORD_1 + CONTRACTIONS + "?|" + CASED_WORD_2 + CONTRACTIONS + "?|\\p{N}{1,3}" + CASED_REST;
    static final String TEKKEN = CASED_WORD_1 + "|" + CASED_WORD_2 + "|\\p{N}" + CASED_REST;

    static final String DIGITS_BY_THREE = "\\p{N}{1,3}";
    static final String DEEPSEEK_CJK = "[一-龥぀-ゟ゠-ヿ]+";
    static final String DEEPSEEK_REST = "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
            + "|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+";

    private KnownPatterns() {}

    /** The scanner for a pattern that leaves nothing unmatched, or null where it is not one of the known. */
    static @Nullable Scanner scanner(String pattern) {
        String plain = pattern.replace("\r", "\\r").replace("\n", "\\n");
        return switch (plain) {
            case String p when p.equals(GPT2) -> new Gpt2Scanner(false);
            case String p when p.equals(CL100K) -> new Cl100kScanner(3, false, true);
            case String p when p.equals(QWEN2) -> new Cl100kScanner(1, false, true);
            case String p when p.equals(QWEN35) -> new Cl100kScanner(1, true, true);
            case String p when p.equals(O200K) -> new O200kScanner(3, true);
            case String p when p.equals(TEKKEN) -> new O200kScanner(1, false);
            default -> null;
        };
    }

    static boolean isDeepSeekRest(String pattern) {
        return pattern.replace("\\r", "\r").replace("\\n", "\n").equals(DEEPSEEK_REST);
    }
}
