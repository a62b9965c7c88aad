package io.jynamo.text.tokenizer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the name in {@code tokenizer.ggml.pre} stands for: the patterns of the model family's own tokenizer, its normalizer, and defaults.
 * Patterns apply one after the other, each isolating what it matches.
 *
 * @param wholeFirst a word that is a token is that token whatever the merges say
 * @param begins a begin token is put first unless the file says otherwise
 */
record GgufPatterns(List<PreTokenizer> stages, boolean composed, boolean wholeFirst, boolean begins) {
    private static final String LATIN_GREEK_CYRILLIC =
            "A-Za-z\\u00b5\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u01ba\\u01bc-\\u01bf\\u01c4-\\u0293\\u0295-\\u02af"
                    + "\\u0370-\\u0373\\u0376\\u0377\\u037b-\\u037d\\u037f\\u0386\\u0388-\\u038a\\u038c\\u038e-\\u03a1\\u03a3-"
                    + "\\u03f5\\u03f7-\\u0481\\u048a-\\u052f\\u0531-\\u0556\\u10a0-\\u10c5\\u13a0-\\u13f5\\u13f8-\\u13fd\\u1c90"
                    + "-\\u1cba\\u1cbd-\\u1cbf\\u1d00-\\u1d2b\\u1d6b-\\u1d77\\u1d79-\\u1d9a\\u1e00-\\u1f15\\u1f18-\\u1f1d"
                    + "\\u1f20-\\u1f45\\u1f48-\\u1f4d\\u1f50-\\u1f57\\u1f59\\u1f5b\\u1f5d\\u1f5f-\\u1f7d\\u1f80-\\u1fb4\\u1fb6-"
                    + "\\u1fbc\\u1fbe\\u1fc2-\\u1fc4\\u1fc6-\\u1fcc\\u1fd0-\\u1fd3\\u1fd6-\\u1fdb\\u1fe0-\\u1fec\\u1ff2-\\u1ff4"
                    + "\\u1ff6-\\u1ffc\\u2102\\u2107\\u210a-\\u2113\\u2115\\u2119-\\u211d\\u2124\\u2126\\u2128\\u212a-\\u212d"
                    + "\\u212f-\\u2134\\u2139\\u213c-\\u213f\\u2145-\\u2149\\u214e\\u2183\\u2184\\u2c00-\\u2c7b\\u2c7e-\\u2ce4"
                    + "\\u2ceb-\\u2cee\\u2cf2\\u2cf3\\ua640-\\ua66d\\ua680-\\ua69b\\ua722-\\ua76f\\ua771-\\ua787\\ua78b-\\ua78e"
                    + "\\uab70-\\uabbf\\ufb00-\\ufb06\\ufb13-\\ufb17\\uff21-\\uff3a\\uff41-\\uff5a\\x{10400}-\\x{1044f}"
                    + "\\x{104b0}-\\x{104d3}\\x{104d8}-\\x{104fb}\\x{10c80}-\\x{10cb2}\\x{10cc0}-\\x{10cf2}\\x{118a0}-"
                    + "\\x{118df}\\x{1e900}-\\x{1e943}";
    private static final String EAST_ASIAN = "[一-龥ࠀ-一가-\uD7FF]+";

    static GgufPatterns of(String name) {
        return switch (name) {
            case "",
                    "default",
                    "gpt-2",
                    "phi-2",
                    "gigachat",
                    "mpt",
                    "olmo",
                    "jais",
                    "trillion",
                    "granite-docling",
                    "modern-bert",
                    "roberta-bpe",
                    "jina-es",
                    "jina-de",
                    "jina-v1-en",
                    "jina-v2-code",
                    "jina-v2-es",
                    "jina-v2-de",
                    "a.x-4.0",
                    "mellum" -> plain(new Gpt2Scanner(false));
            case "starcoder", "refact", "command-r", "smollm", "codeshell", "exaone", "minerva-7b", "mellum2" ->
                plain(new Gpt2Scanner(true));
            case "qwen2", "deepseek-r1-qwen", "megrez" -> composed(KnownPatterns.QWEN2);
            case "qwen35" -> composed(KnownPatterns.QWEN35);
            case "stablelm2", "hunyuan", "solar-open", "grok-2", "kormo", "f2llmv2" -> patterns(KnownPatterns.QWEN2);
            case "llama3",
                    "llama-v3",
                    "llama-bpe",
                    "falcon3",
                    "falcon-h1",
                    "pixtral",
                    "midm-2.0",
                    "lfm2",
                    "jina-v5-nano" -> new GgufPatterns(stages(KnownPatterns.CL100K), false, true, true);
            case "dbrx", "smaug-bpe" -> patterns(KnownPatterns.CL100K);
            case "chatglm-bpe", "glm4", "glm5" -> new GgufPatterns(stages(KnownPatterns.CL100K), false, true, false);
            case "gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2" -> patterns(KnownPatterns.O200K);
            case "tekken" -> new GgufPatterns(stages(KnownPatterns.TEKKEN), false, true, true);
            case "deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4" -> plain(new DeepSeekScanner());
            case "deepseek-llm" ->
                patterns(
                        "[\r\n]",
                        "\\s?[" + LATIN_GREEK_CYRILLIC + "]+",
                        "\\s?[!-/:-~\\uff01-\\uff0f\\uff1a-\\uff5e\\u2018-\\u201f\\u3000-\\u3002]+",
                        "\\s+$",
                        EAST_ASIAN,
                        "\\p{N}+");
            case "deepseek-coder" -> patterns("[\r\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", EAST_ASIAN, "\\p{N}");
            case "falcon" -> patterns("[\\p{P}\\$\\+<=>\\^~\\|`]+", KnownPatterns.GPT2, "[0-9][0-9][0-9]");
            case "poro-chat", "bloom", "gpt3-finnish" -> patterns(" ?[^(\\s|.,!?…。，、।۔،)]+");
            case "viking" -> patterns(" ?[^(\\s|.,!?…。，、।۔،)]+", "\\p{N}");
            case "seed-coder" ->
                patterns(
                        KnownPatterns.CONTRACTIONS
                                + "|[^\r\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1}| ?[^\\s\\p{L}\\p{N}\r\n]+|\\s*[\r\n]+|\\s+(?!\\S)|\\s+");
            case "bailingmoe", "bailingmoe2", "llada-moe" ->
                patterns("'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*"
                        + "|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+");
            default ->
                throw Refusal.unsupported(
                        "the pre-tokenizer \"" + Vocabulary.shown(name) + "\" of the GGUF file is not supported");
        };
    }

    private static GgufPatterns plain(Scanner scanner) {
        return new GgufPatterns(new ArrayList<>(List.of(new ScannerPreTokenizer(scanner))), false, false, false);
    }

    private static GgufPatterns patterns(String... patterns) {
        return new GgufPatterns(stages(patterns), false, false, false);
    }

    private static GgufPatterns composed(String pattern) {
        return new GgufPatterns(stages(pattern), true, false, false);
    }

    private static List<PreTokenizer> stages(String... patterns) {
        var stages = new ArrayList<PreTokenizer>();
        for (String pattern : patterns) {
            stages.add(stage(pattern));
        }
        return stages;
    }

    private static PreTokenizer stage(String pattern) {
        @Nullable Scanner scanner = KnownPatterns.scanner(pattern);
        return scanner != null
                ? new ScannerPreTokenizer(scanner)
                : SplitPreTokenizer.byPattern(RegexPattern.compile(pattern), SplitBehavior.ISOLATED, false);
    }
}
