package io.jynamo.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.text.Tokenizer.SpecialText;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Cached ids are the ids, whatever was encoded before; the cache stays within its bytes and counts what it does. */
class PrefixCachedTokenizerTest {
    private static final String[] PARTS = {
        "hello ", "hell\n", "\n\n", "é", "\u0301", "/", " ", "\t", "12", "<|end|>", "<tool>", "<|end", "中", "!\n",
        "\r\n", "he", "\n/", "x\n"
    };

    @Test
    void neverChangesTheIds() {
        PipelineTokenizer plain = SmallVocabularies.read(SmallVocabularies.with(
                SmallVocabularies.byteLevel("h e", "l l", "he ll", "Ċ Ċ"),
                "normalizer",
                java.util.Map.of("type", "NFC")));
        var cached = new PrefixCachedTokenizer(plain, 1 << 20);
        for (long seed : new long[] {3, System.nanoTime()}) {
            var random = new Random(seed);
            var head = new StringBuilder();
            for (int round = 0; round < 60; round++) {
                if (head.length() > 12_000 || random.nextInt(8) == 0) {
                    head.setLength(random.nextInt(head.length() + 1));
                }
                for (int i = 0; i < 400; i++) {
                    head.append(PARTS[random.nextInt(PARTS.length)]);
                }
                String text = head.toString();
                for (SpecialText specials : SpecialText.values()) {
                    assertThat(cached.encode(text, specials))
                            .as("seed %d", seed)
                            .isEqualTo(plain.encode(text, specials));
                    assertThat(cached.encodeFramed(text, specials)).isEqualTo(plain.encodeFramed(text, specials));
                }
                assertThat(cached.size()).isLessThanOrEqualTo(1 << 20);
            }
        }
        assertThat(cached.counts().hits()).isPositive();
        assertThat(cached.counts().cachedTokens()).isPositive();
    }

    @Test
    void encodesOnlyWhatIsNew() {
        PipelineTokenizer plain = SmallVocabularies.read(SmallVocabularies.byteLevel());
        var cached = new PrefixCachedTokenizer(plain, 1 << 20);
        String head = "<|end|>some words of a long prompt\n".repeat(400);
        cached.encode(head + "first", SpecialText.PARSE);
        long before = cached.counts().uncachedTokens();
        cached.encode(head + "second", SpecialText.PARSE);
        assertThat(cached.counts().uncachedTokens() - before).isLessThan(2 * PrefixCachedTokenizer.PART);
        assertThat(cached.counts().hits()).isGreaterThan(cached.counts().misses());
    }

    @Test
    void keepsToItsBytes() {
        PipelineTokenizer plain = SmallVocabularies.read(SmallVocabularies.byteLevel());
        var cached = new PrefixCachedTokenizer(plain, 20_000);
        for (int i = 0; i < 50; i++) {
            String text = ("<|end|>" + i + " words\n").repeat(1000);
            assertThat(cached.encode(text, SpecialText.PARSE)).isEqualTo(plain.encode(text, SpecialText.PARSE));
            assertThat(cached.size()).isLessThanOrEqualTo(20_000);
        }
        assertThatThrownBy(() -> new PrefixCachedTokenizer(cached, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
