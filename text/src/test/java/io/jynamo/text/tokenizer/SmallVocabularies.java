package io.jynamo.text.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Tiny tokenizer files of our own, one for each kind of model, so that every stage is tested without a download. */
final class SmallVocabularies {
    static final JsonMapper MAPPER = new JsonMapper();

    private SmallVocabularies() {}

    /** Byte-level BPE: 256 bytes, a few merges, one special and one plain added token. */
    static Map<String, Object> byteLevel(String... merges) {
        var vocabulary = new LinkedHashMap<String, Object>();
        for (int b = 0; b < 256; b++) {
            vocabulary.put(String.valueOf(ByteChars.character((byte) b)), b);
        }
        for (String merge : merges) {
            vocabulary.putIfAbsent(merge.replace(" ", ""), vocabulary.size());
        }
        var file = new LinkedHashMap<String, Object>();
        file.put("added_tokens", List.of(added(1000, "<|end|>", true), added(1001, "<tool>", false)));
        file.put(
                "pre_tokenizer",
                Map.of(
                        "type",
                        "Sequence",
                        "pretokenizers",
                        List.of(
                                Map.of(
                                        "type",
                                        "Split",
                                        "pattern",
                                        Map.of("Regex", KnownPatterns.QWEN2),
                                        "behavior",
                                        "Isolated"),
                                Map.of("type", "ByteLevel", "add_prefix_space", false, "use_regex", false))));
        file.put("decoder", Map.of("type", "ByteLevel"));
        file.put("model", model("BPE", "vocab", vocabulary, "merges", List.of(merges)));
        return file;
    }

    /** SentencePiece-like BPE with byte fallback. */
    static Map<String, Object> marks() {
        var vocabulary = new LinkedHashMap<String, Object>();
        vocabulary.put("<unk>", 0);
        vocabulary.put("<s>", 1);
        for (int b = 0; b < 256; b++) {
            vocabulary.put(String.format("<0x%02X>", b), vocabulary.size());
        }
        for (String token : List.of("▁", "a", "b", "▁a", "▁ab", "ab", "▁▁")) {
            vocabulary.put(token, vocabulary.size());
        }
        var file = new LinkedHashMap<String, Object>();
        file.put("added_tokens", List.of(added(0, "<unk>", true), added(1, "<s>", true)));
        file.put(
                "normalizer",
                Map.of(
                        "type",
                        "Sequence",
                        "normalizers",
                        List.of(
                                Map.of("type", "Prepend", "prepend", "▁"),
                                Map.of("type", "Replace", "pattern", Map.of("String", " "), "content", "▁"))));
        file.put(
                "post_processor",
                Map.of(
                        "type", "TemplateProcessing",
                        "single",
                                List.of(
                                        Map.of("SpecialToken", Map.of("id", "<s>", "type_id", 0)),
                                        Map.of("Sequence", Map.of("id", "A", "type_id", 0))),
                        "special_tokens",
                                Map.of("<s>", Map.of("id", "<s>", "ids", List.of(1), "tokens", List.of("<s>")))));
        file.put(
                "decoder",
                Map.of(
                        "type",
                        "Sequence",
                        "decoders",
                        List.of(
                                Map.of("type", "Replace", "pattern", Map.of("String", "▁"), "content", " "),
                                Map.of("type", "ByteFallback"),
                                Map.of("type", "Fuse"),
                                Map.of("type", "Strip", "content", " ", "start", 1, "stop", 0))));
        file.put(
                "model",
                model(
                        "BPE",
                        "vocab",
                        vocabulary,
                        "merges",
                        List.of(List.of("▁", "a"), List.of("a", "b"), List.of("▁a", "b"), List.of("▁", "▁")),
                        "unk_token",
                        "<unk>",
                        "fuse_unk",
                        true,
                        "byte_fallback",
                        true));
        return file;
    }

    static Map<String, Object> unigram() {
        var vocabulary = new ArrayList<Object>();
        vocabulary.add(List.of("<unk>", 0.0));
        for (var scored :
                Map.of("▁", -3.0, "▁he", -2.0, "llo", -2.5, "l", -4.0, "o", -4.1, "▁hel", -3.5).entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .toList()) {
            vocabulary.add(List.of(scored.getKey(), scored.getValue()));
        }
        var file = new LinkedHashMap<String, Object>();
        file.put("pre_tokenizer", Map.of("type", "Metaspace", "replacement", "▁", "prepend_scheme", "always"));
        file.put("decoder", Map.of("type", "Metaspace", "replacement", "▁", "prepend_scheme", "always"));
        file.put("model", model("Unigram", "unk_id", 0, "vocab", vocabulary));
        return file;
    }

    static Map<String, Object> wordPiece() {
        var vocabulary = new LinkedHashMap<String, Object>();
        for (String token : List.of("[UNK]", "[CLS]", "[SEP]", "play", "##ing", "##ed", "un", "##play", ".", "中")) {
            vocabulary.put(token, vocabulary.size());
        }
        var file = new LinkedHashMap<String, Object>();
        file.put("added_tokens", List.of(added(1, "[CLS]", true), added(2, "[SEP]", true)));
        file.put("normalizer", Map.of("type", "BertNormalizer", "lowercase", true));
        file.put("pre_tokenizer", Map.of("type", "BertPreTokenizer"));
        file.put(
                "post_processor",
                Map.of("type", "BertProcessing", "sep", List.of("[SEP]", 2), "cls", List.of("[CLS]", 1)));
        file.put("decoder", Map.of("type", "WordPiece", "prefix", "##", "cleanup", true));
        file.put("model", model("WordPiece", "unk_token", "[UNK]", "vocab", vocabulary));
        return file;
    }

    static Map<String, Object> wordLevel() {
        var file = new LinkedHashMap<String, Object>();
        file.put("pre_tokenizer", Map.of("type", "Whitespace"));
        file.put("model", model("WordLevel", "unk_token", "?", "vocab", Map.of("?", 0, "one", 1, "two", 2, "!", 3)));
        return file;
    }

    static Map<String, Object> added(int id, String content, boolean special) {
        var token = new LinkedHashMap<String, Object>();
        token.put("id", id);
        token.put("content", content);
        token.put("special", special);
        token.put("normalized", false);
        token.put("lstrip", false);
        token.put("rstrip", false);
        token.put("single_word", false);
        return token;
    }

    private static Map<String, Object> model(String type, Object... fields) {
        var model = new LinkedHashMap<String, Object>();
        model.put("type", type);
        for (int i = 0; i < fields.length; i += 2) {
            model.put((String) fields[i], fields[i + 1]);
        }
        return model;
    }

    static byte[] bytes(Map<String, Object> file) {
        return MAPPER.writeValueAsString(file).getBytes(StandardCharsets.UTF_8);
    }

    static PipelineTokenizer read(Map<String, Object> file) {
        return TokenizerJson.read(bytes(file), null);
    }

    /** The same file with one top-level field set. */
    static Map<String, Object> with(Map<String, Object> file, String field, Object value) {
        file.put(field, value);
        return file;
    }
}
