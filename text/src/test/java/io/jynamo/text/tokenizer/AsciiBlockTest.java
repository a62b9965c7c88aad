package io.jynamo.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

/** The bits of a block against a look at each byte. */
class AsciiBlockTest {
    @Test
    void tellsClassesOfEachByte() {
        for (long seed : new long[] {1, System.nanoTime()}) {
            var random = new Random(seed);
            var block = new AsciiBlock();
            for (int round = 0; round < 5_000; round++) {
                int p = random.nextInt(9);
                var s = new byte[p + AsciiBlock.SIZE];
                boolean ascii = random.nextBoolean();
                for (int i = 0; i < s.length; i++) {
                    s[i] = (byte) (ascii || random.nextInt(50) > 0 ? random.nextInt(128) : random.nextInt(128, 256));
                }
                int to = p + random.nextInt(1, 2 * AsciiBlock.SIZE);
                block.load(s, p, to);

                int length = 0;
                while (length < AsciiBlock.SIZE && p + length < to && s[p + length] >= 0) {
                    length++;
                }
                assertThat(block.length).as("seed %d round %d", seed, round).isEqualTo(length);
                IntPredicate letter = c -> c < 128 && Character.isLetter(c);
                IntPredicate digit = c -> c >= '0' && c <= '9';
                IntPredicate space = c -> c == ' ' || (c >= '\t' && c <= '\r');
                assertThat(block.letters).isEqualTo(bits(s, p, length, letter));
                assertThat(block.upper).isEqualTo(bits(s, p, length, c -> c >= 'A' && c <= 'Z'));
                assertThat(block.digits).isEqualTo(bits(s, p, length, digit));
                assertThat(block.spaces).isEqualTo(bits(s, p, length, space));
                assertThat(block.blanks).isEqualTo(bits(s, p, length, c -> c == ' '));
                assertThat(block.newlines).isEqualTo(bits(s, p, length, c -> c == '\n' || c == '\r'));
                assertThat(block.apostrophes).isEqualTo(bits(s, p, length, c -> c == '\''));
                IntPredicate any = letter.or(digit).or(space);
                assertThat(block.others).isEqualTo(bits(s, p, length, any.negate()));
            }
        }
    }

    private static long bits(byte[] s, int p, int length, IntPredicate is) {
        long bits = 0;
        for (int i = 0; i < length; i++) {
            bits |= is.test(s[p + i]) ? 1L << i : 0;
        }
        return bits;
    }
}
