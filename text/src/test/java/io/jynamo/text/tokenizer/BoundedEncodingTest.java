package io.jynamo.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.text.Encoded;
import io.jynamo.text.Tokenizer;
import io.jynamo.text.Tokenizer.SpecialText;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Encoding within a limit gives the ids, or says that there are more, exactly as encoding without one would have it. */
class BoundedEncodingTest {
    private static final String[] PARTS = {
        "hello ", "hell", "he", "l", "x", "ab", "a", "▁", " ", "  ", "\n", "é", "e\u0301", "中", "😀", "\uD800", "play",
        "ing", "un", ".", "12", "<|end|>", "<tool>", "<m>", "<unk>", "<s>", "two", "!", "€"
    };

    @Test
    void saysWhatTheUnboundedSaysForEveryKindOfModel() {
        for (long seed : new long[] {5, System.nanoTime()}) {
            var random = new Random(seed);
            for (PipelineTokenizer tokenizer : small()) {
                var cached = new PrefixCachedTokenizer(tokenizer, 1 << 16);
                for (int round = 0; round < 50; round++) {
                    String text = text(random);
                    check(tokenizer, text, random, "seed " + seed);
                    check(cached, text, random, "seed " + seed);
                }
            }
        }
    }

    @Test
    void theFewestPiecesOfATextAreNeverMoreThanItsIds() {
        for (long seed : new long[] {6, 92_920_294_381_976L, System.nanoTime()}) {
            var random = new Random(seed);
            for (PipelineTokenizer tokenizer : small()) {
                for (int round = 0; round < 50; round++) {
                    checkFewest(tokenizer, text(random), "seed " + seed);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "deepseek-v3",
                "gemma3",
                "gguf-gemma-4",
                "gguf-llama-spm",
                "gguf-smollm2",
                "minilm",
                "mistral-v1",
                "o200k",
                "qwen3",
                "smollm2",
                "tekken-240911",
                "xlm-r"
            })
    void holdsForRealVocabularies(String family) throws IOException {
        List<String> texts = goldenTexts();
        PipelineTokenizer tokenizer = Corpora.tokenizer(family);
        for (long seed : new long[] {7, System.nanoTime()}) {
            var random = new Random(seed);
            for (int round = 0; round < 60; round++) {
                var text = new StringBuilder();
                for (int parts = random.nextInt(1, 4); parts > 0; parts--) {
                    String golden = texts.get(random.nextInt(texts.size()));
                    text.append(golden.repeat(random.nextInt(1, 1 + Math.max(1, 200 / Math.max(1, golden.length())))));
                }
                String what = family + " seed " + seed + " round " + round;
                check(tokenizer, text.toString(), random, what);
                checkFewest(tokenizer, text.toString(), what);
            }
        }
    }

    /** A word of this length takes seconds and hundreds of megabytes to merge: it must be refused without. */
    @ParameterizedTest
    @ValueSource(strings = {"gguf-smollm2", "gguf-llama-spm", "gemma3", "o200k", "xlm-r"})
    @Timeout(20)
    void refusesAHugeWordWithoutEncodingIt(String family) throws IOException {
        PipelineTokenizer tokenizer = Corpora.tokenizer(family);
        int limit = 131_072;
        for (String huge : List.of("x".repeat(4_000_000), "abcdefgh".repeat(500_000), "ж".repeat(2_000_000))) {
            byte[] word = Utf8.bytes(huge);
            assertThat(tokenizer.parts().model().fewest(word, 0, word.length, limit))
                    .isGreaterThan(limit);
            assertThat(tokenizer.encode("0" + huge, SpecialText.PARSE, limit)).isEqualTo(new Encoded.MoreThan(limit));
        }
    }

    @Test
    void theFewestPiecesAreCountedAsByHand() {
        var trie = new ByteTrie();
        for (String piece : List.of("a", "aaaa", "ab", "bcd")) {
            trie.add(piece.getBytes(java.nio.charset.StandardCharsets.UTF_8), 0);
        }
        var cover = new PieceCover(trie, new java.util.BitSet());
        assertThat(cover.longest()).isEqualTo(4);
        assertThat(fewest(cover, "")).isZero();
        assertThat(fewest(cover, "a")).isEqualTo(1);
        assertThat(fewest(cover, "a".repeat(8))).isEqualTo(2);
        assertThat(fewest(cover, "a".repeat(9))).isEqualTo(3);
        assertThat(fewest(cover, "abcd")).isEqualTo(2);
        assertThat(fewest(cover, "zzz")).isEqualTo(3);
        byte[] long1 = "z".repeat(1000).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        assertThat(cover.fewest(long1, 0, 1000, 10)).isEqualTo(11);
    }

    private static int fewest(PieceCover cover, String text) {
        byte[] s = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return cover.fewest(s, 0, s.length, Integer.MAX_VALUE);
    }

    private static void check(Tokenizer tokenizer, String text, Random random, String what) {
        for (SpecialText specials : SpecialText.values()) {
            int[] ids = tokenizer.encode(text, specials);
            int[] framed = tokenizer.encodeFramed(text, specials);
            int[] limits = {0, 1, ids.length - 1, ids.length, ids.length + 2, random.nextInt(ids.length + 1)};
            for (int limit : limits) {
                if (limit >= 0) {
                    same(tokenizer.encode(text, specials, limit), ids, limit, what);
                    same(tokenizer.encodeFramed(text, specials, limit), framed, limit, what);
                }
            }
        }
    }

    private static void same(Encoded found, int[] ids, int limit, String what) {
        switch (found) {
            case Encoded.Whole whole -> {
                assertThat(whole.ids()).as(what).isEqualTo(ids);
                assertThat(ids.length).as(what).isLessThanOrEqualTo(limit);
            }
            case Encoded.MoreThan more -> {
                assertThat(more.limit()).as(what).isEqualTo(limit);
                assertThat(ids.length).as(what).isGreaterThan(limit);
            }
        }
    }

    /** Asks the model itself, with the text as one word. */
    private static void checkFewest(PipelineTokenizer tokenizer, String text, String what) {
        byte[] bytes = Utf8.bytes(text);
        if (bytes.length == 0) {
            return;
        }
        byte[] s = java.util.Arrays.copyOf(bytes, bytes.length + Utf8.SLACK);
        var lane = new Lane();
        lane.out.begin(IdBuffer.UNLIMITED);
        tokenizer.parts().model().encode(s, 0, bytes.length, lane, lane.out);
        int fewest = tokenizer.parts().model().fewest(s, 0, bytes.length, Integer.MAX_VALUE);
        assertThat(fewest).as(what).isLessThanOrEqualTo(lane.out.count);
        long longest = tokenizer.parts().model().longest();
        // Where nothing is certain, a text may have no ids at all: all of its bytes may lack one.
        if (longest != Integer.MAX_VALUE) {
            assertThat(longest * lane.out.count).as(what).isGreaterThanOrEqualTo(bytes.length);
        }
    }

    private static String text(Random random) {
        var text = new StringBuilder();
        for (int n = random.nextInt(1, 40); n > 0; n--) {
            String part = PARTS[random.nextInt(PARTS.length)];
            text.append(part.repeat(random.nextInt(8) == 0 ? random.nextInt(1, 300) : 1));
        }
        return text.toString();
    }

    private static List<PipelineTokenizer> small() {
        String[] merges = {"h e", "l l", "he ll", "Ġ he", "x x", "xx xx", "Ġ Ġ", "Ã ©"};
        var stripping = SmallVocabularies.added(1000, "<m>", true);
        stripping.put("lstrip", true);
        stripping.put("rstrip", true);
        return List.of(
                SmallVocabularies.read(SmallVocabularies.byteLevel(merges)),
                SmallVocabularies.read(SmallVocabularies.with(
                        SmallVocabularies.byteLevel(merges), "normalizer", Map.of("type", "NFC"))),
                SmallVocabularies.read(SmallVocabularies.with(
                        SmallVocabularies.byteLevel(merges), "normalizer", Map.of("type", "StripAccents"))),
                SmallVocabularies.read(SmallVocabularies.with(
                        SmallVocabularies.byteLevel(merges), "added_tokens", List.of(stripping))),
                SmallVocabularies.read(lackingBytes(false)),
                SmallVocabularies.read(lackingBytes(true)),
                SmallVocabularies.read(SmallVocabularies.marks()),
                SmallVocabularies.read(SmallVocabularies.unigram()),
                SmallVocabularies.read(SmallVocabularies.wordPiece()),
                SmallVocabularies.read(SmallVocabularies.wordLevel()));
    }

    /** Some vocabularies have no token for bytes that their training never met. */
    @SuppressWarnings("unchecked")
    private static Map<String, Object> lackingBytes(boolean unknownToken) {
        Map<String, Object> file = SmallVocabularies.byteLevel("h e", "l l", "he ll", "x x", "xx xx");
        var model = (Map<String, Object>) Objects.requireNonNull(file.get("model"));
        var vocabulary = (Map<String, Object>) Objects.requireNonNull(model.get("vocab"));
        vocabulary.remove("Ã");
        vocabulary.remove("Ċ");
        vocabulary.remove("a");
        if (unknownToken) {
            vocabulary.put("<unk>", 500);
            model.put("unk_token", "<unk>");
            model.put("fuse_unk", true);
        }
        return file;
    }

    private static List<String> goldenTexts() throws IOException {
        var texts = new ArrayList<String>();
        for (String line : Files.readAllLines(Corpora.goldens().resolve("strings.jsonl"))) {
            JsonNode row = SmallVocabularies.MAPPER.readTree(line);
            String text = row.has("text") ? row.get("text").stringValue() : "";
            if (!text.isEmpty()) {
                texts.add(text.length() <= 400 ? text : text.substring(0, 400));
            }
        }
        return texts;
    }
}
