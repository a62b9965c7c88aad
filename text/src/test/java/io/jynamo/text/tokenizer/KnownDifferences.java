package io.jynamo.text.tokenizer;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/**
 * Strings where the goldens of llama.cpp are not what the model family's own library gives, and ours follows the family. Where the goldens
 * have a sibling with the same vocabulary made by that library, the differing strings are compared with it.
 */
final class KnownDifferences {
    /** llama.cpp does not normalise; Qwen is defined with NFC. */
    private static final String WITHOUT_NFC =
            "norm-combining-order norm-devanagari-nukta norm-hangul-nfd norm-hebrew-points"
                    + " norm-kana-dakuten norm-nfd norm-singletons norm-zalgo random-1 random-13 random-3 random-6 rep-combining"
                    + " script-korean-jamo space-kinds";
    /** llama.cpp makes {@code </s>} a control token wherever a vocabulary has it; for Qwen it is an ordinary token. */
    private static final String QWEN_END = " own-0 own-all own-doubled own-spaced special-mistral";

    private static final String WORD_PIECE =
            "emoji-keycap random-1 random-5 rep-a200 rep-ab100 rep-hangul script-bengali"
                    + " script-hindi script-korean script-marathi script-mixed-scripts vt-ff-nel";
    private static final String UNIGRAM =
            "norm-combining-order norm-hangul-nfd norm-kana-dakuten norm-singletons random-1"
                    + " random-3 rep-combining script-japanese-half script-korean-jamo vt-ff-nel";
    /** llama.cpp drops spaces before punctuation when it decodes; the library does not. */
    private static final String CLEANED = "code-js plain-18 space-before-punct";

    private KnownDifferences() {}

    /** The family with the same vocabulary whose goldens come from the family's own library, or empty. */
    static String sibling(String family) {
        return switch (family) {
            case "gguf-bert-bge" -> "minilm";
            case "gguf-nomic-bert-moe" -> "xlm-r";
            case "gguf-qwen2" -> "qwen3";
            default -> "";
        };
    }

    static Set<String> ids(String family) {
        return switch (family) {
            case "gguf-bert-bge" -> names(WORD_PIECE);
            case "gguf-nomic-bert-moe" -> names(UNIGRAM);
            case "gguf-qwen2", "gguf-qwen35" -> names(WITHOUT_NFC + QWEN_END);
            default -> names("");
        };
    }

    static Set<String> plain(String family) {
        return switch (family) {
            case "gguf-qwen2", "gguf-qwen35" -> names(WITHOUT_NFC);
            // User-defined tokens that llama.cpp takes for control tokens by their spelling.
            case "gguf-deepseek-coder" -> names("own-2 own-3 own-4 own-all own-doubled own-spaced");
            case "gguf-gemma-4" -> names("own-7 own-all own-spaced");
            case "gguf-gemma3" -> names("special-mistral");
            case "gguf-phi-3" -> names("own-2 own-all own-spaced special-mistral");
            default -> ids(family);
        };
    }

    static Set<String> decoded(String family) {
        return switch (family) {
            case "gguf-falcon",
                    "gguf-gemma-4",
                    "gguf-gpt-2",
                    "gguf-llama-bpe",
                    "gguf-mpt",
                    "gguf-refact",
                    "gguf-starcoder" -> names(CLEANED);
            default -> names("");
        };
    }

    private static Set<String> names(String list) {
        return list.isEmpty() ? new TreeSet<>() : new TreeSet<>(Arrays.asList(list.split(" ")));
    }
}
