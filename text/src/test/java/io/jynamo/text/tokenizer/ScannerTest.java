package io.jynamo.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Each hand-written scanner cuts exactly where the regular expression it stands for does. */
class ScannerTest {
    private static final String[] PARTS = {
        "a",
        "B",
        "é",
        "ß",
        "ǅ",
        "ʰ",
        "あ",
        "漢",
        "ー",
        "・",
        "゠",
        "한",
        "ا",
        "م",
        "\u0301",
        "\u0300",
        "\u0903",
        "1",
        "٣",
        "²",
        "Ⅷ",
        " ",
        " ",
        "  ",
        "\t",
        "\n",
        "\r",
        "\r\n",
        "\u00A0",
        "\u3000",
        "\u0085",
        ".",
        ",",
        "'",
        "'s",
        "'S",
        "'ll",
        "'LL",
        "'re",
        "'Ve",
        "'ſ",
        "’",
        "/",
        "!",
        "$",
        "+",
        "€",
        "😀",
        "👍🏽",
        "\u0000",
        "\u200B",
        "\u200D",
        "\uFEFF",
        "𐐀",
        "𐐨",
        "𝒳",
        "\uE000",
        "_",
        "<",
        "word",
        "HTTPServer",
        "don't",
        "I'M",
        "١٢٣",
        "1234",
        "x86",
        "\uFFFD",
        "𠀀",
        "A\u0301b",
        "\u0301A",
        "ÀÉ",
        "//",
        "!\n/",
        "\n\n",
        " \n",
        "\n "
    };

    @Test
    void cutsLikeTheExpression() {
        check(isolated(KnownPatterns.GPT2), new Gpt2Scanner(false));
        check(isolated(KnownPatterns.CL100K), new Cl100kScanner(3, false, true));
        check(isolated(KnownPatterns.QWEN2), new Cl100kScanner(1, false, true));
        check(isolated(KnownPatterns.QWEN35), new Cl100kScanner(1, true, true));
        check(isolated(KnownPatterns.O200K), new O200kScanner(3, true));
        check(isolated(KnownPatterns.TEKKEN), new O200kScanner(1, false));
    }

    @Test
    void cutsLikeSeveralExpressionsInARow() {
        check(isolated("\\p{N}", KnownPatterns.GPT2), new Gpt2Scanner(true));
        check(
                isolated(KnownPatterns.DIGITS_BY_THREE, KnownPatterns.DEEPSEEK_CJK, KnownPatterns.DEEPSEEK_REST),
                new DeepSeekScanner());
    }

    private static PreTokenizer isolated(String... patterns) {
        List<PreTokenizer> stages = new ArrayList<>();
        for (String pattern : patterns) {
            stages.add(SplitPreTokenizer.byPattern(RegexPattern.compile(pattern), SplitBehavior.ISOLATED, false));
        }
        return new RewritingPreTokenizers.Chain(stages);
    }

    private static void check(PreTokenizer expression, Scanner scanner) {
        for (long seed : new long[] {1, System.nanoTime()}) {
            var random = new Random(seed);
            for (int n = 0; n < 4000; n++) {
                var text = new StringBuilder();
                for (int i = random.nextInt(1, 14); i > 0; i--) {
                    text.append(PARTS[random.nextInt(PARTS.length)]);
                }
                assertThat(pieces(new ScannerPreTokenizer(scanner), text.toString()))
                        .as("seed %d, %s", seed, escaped(text))
                        .isEqualTo(pieces(expression, text.toString()));
            }
        }
    }

    /** Long runs of ASCII, which scanners look at in blocks, with other characters here and there. */
    @Test
    void cutsLongTextsLikeTheExpression() {
        checkLong(isolated(KnownPatterns.GPT2), new Gpt2Scanner(false));
        checkLong(isolated(KnownPatterns.CL100K), new Cl100kScanner(3, false, true));
        checkLong(isolated(KnownPatterns.QWEN2), new Cl100kScanner(1, false, true));
        checkLong(isolated(KnownPatterns.QWEN35), new Cl100kScanner(1, true, true));
        checkLong(isolated(KnownPatterns.O200K), new O200kScanner(3, true));
        checkLong(isolated(KnownPatterns.TEKKEN), new O200kScanner(1, false));
    }

    private static void checkLong(PreTokenizer expression, Scanner scanner) {
        List<String> ascii = Arrays.stream(PARTS)
                .filter(part -> part.chars().allMatch(c -> c < 128))
                .toList();
        for (long seed : new long[] {2, System.nanoTime()}) {
            var random = new Random(seed);
            for (int n = 0; n < 1500; n++) {
                var text = new StringBuilder();
                int others = random.nextInt(3) * 20;
                for (int i = random.nextInt(1, 120); i > 0; i--) {
                    boolean other = others > 0 && random.nextInt(others) == 0;
                    text.append(other ? PARTS[random.nextInt(PARTS.length)] : ascii.get(random.nextInt(ascii.size())));
                }
                assertThat(pieces(new ScannerPreTokenizer(scanner), text.toString()))
                        .as("seed %d, %s", seed, escaped(text))
                        .isEqualTo(pieces(expression, text.toString()));
            }
        }
    }

    private static String escaped(CharSequence text) {
        var out = new StringBuilder();
        text.chars().forEach(c -> out.append(c < 127 && c > 31 ? String.valueOf((char) c) : "\\u%04x".formatted(c)));
        return out.toString();
    }

    static List<String> pieces(PreTokenizer stage, String text) {
        var in = new Pieces();
        var out = new Pieces();
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        in.append(utf8, 0, utf8.length);
        in.textStart = 0;
        in.add(0, utf8.length);
        stage.apply(in, out);
        var result = new ArrayList<String>();
        for (int i = 0; i < out.count; i++) {
            result.add(Utf8.string(out.text, out.starts[i], out.ends[i]));
        }
        return result;
    }
}
