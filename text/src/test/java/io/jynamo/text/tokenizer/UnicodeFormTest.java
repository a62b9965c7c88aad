package io.jynamo.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** NFC in parts against the JDK's NFC of the whole. */
class UnicodeFormTest {
    private static final UnicodeForm NFC = new UnicodeForm(Form.NFC);

    @Test
    void composesPartsAsTheWhole() {
        List<String> moving = changing();
        for (long seed : new long[] {1, System.nanoTime()}) {
            var random = new Random(seed);
            for (int round = 0; round < 20_000; round++) {
                var text = new StringBuilder();
                for (int n = random.nextInt(1, 60); n > 0; n--) {
                    text.append(character(random, moving));
                }
                String whole = text.toString();
                assertThat(NFC.apply(whole))
                        .as("seed %d round %d %s", seed, round, whole)
                        .isEqualTo(Normalizer.normalize(whole, Form.NFC));
            }
        }
    }

    @Test
    void stableCharactersStayBetweenAnyTwo() {
        List<String> around = new ArrayList<>(changing());
        around.addAll(List.of("a", "A\u030A", "\u1100", "\uAC00", "\u0BC6", "\u0DD9", "\u0345", "か"));
        var random = new Random(2);
        for (int c = 0; c < 0x10000; c++) {
            if (!UnicodeForm.isStable((char) c) || Character.isSurrogate((char) c)) {
                continue;
            }
            for (int n = 0; n < 6; n++) {
                String before = around.get(random.nextInt(around.size()));
                String self = String.valueOf((char) c);
                assertThat(Normalizer.normalize(before + self, Form.NFC))
                        .as("U+%04X after %s", c, before)
                        .isEqualTo(Normalizer.normalize(before, Form.NFC) + self);
            }
        }
    }

    /** All that is not stable. */
    private static List<String> changing() {
        List<String> found = new ArrayList<>();
        for (int c = 0; c < 0x10000; c++) {
            if (!UnicodeForm.isStable((char) c) && !Character.isSurrogate((char) c)) {
                found.add(String.valueOf((char) c));
            }
        }
        assertThat(found).hasSizeGreaterThan(1_000);
        return found;
    }

    private static String character(Random random, List<String> moving) {
        return switch (random.nextInt(6)) {
            case 0 -> moving.get(random.nextInt(moving.size()));
            case 1 -> String.valueOf((char) random.nextInt(0x300, 0x370));
            case 2 -> {
                int c = random.nextInt(0x10000);
                yield Character.isSurrogate((char) c) ? "x" : String.valueOf((char) c);
            }
            case 3 -> Character.toString(random.nextInt(0x10000, 0x20000));
            default -> String.valueOf((char) random.nextInt('A', 'z'));
        };
    }
}
