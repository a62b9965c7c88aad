package io.jynamo.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Texts longer than what is looked at in one go become the UTF-8 that they are, wherever the cuts fall. */
class TextLoaderTest {
    private static final String[] PARTS = {"a", "é", "中", "😀", "\uD83D", "\uDE00", "plain words ", "?"};

    @Test
    void writesUtf8AcrossItsChunks() {
        for (long seed : new long[] {1, System.nanoTime()}) {
            var random = new Random(seed);
            var loader = new TextLoader();
            var into = new Pieces();
            for (int round = 0; round < 60; round++) {
                var text = new StringBuilder();
                int length = random.nextInt(1, 40_000);
                int run = random.nextInt(1, 500);
                while (text.length() < length) {
                    String part = PARTS[random.nextInt(PARTS.length)];
                    text.repeat(part, random.nextInt(1, run + 1));
                }
                String whole = text.toString();
                int from = random.nextInt(Math.min(3, whole.length()));
                loader.load(whole, from, whole.length(), into);
                String part = whole.substring(from);
                byte[] expected = Utf8.bytes(part);
                byte[] found = Arrays.copyOf(into.text, into.length);
                assertThat(found).as("seed %d", seed).isEqualTo(expected);
                assertThat(loader.wasMended()).isEqualTo(Utf8.hasLoneSurrogate(part));
                assertThat(loader.wasAscii()).isEqualTo(part.chars().allMatch(c -> c < 0x80));
                assertThat(into.text.length).isGreaterThanOrEqualTo(into.length + Utf8.SLACK);
            }
        }
    }
}
