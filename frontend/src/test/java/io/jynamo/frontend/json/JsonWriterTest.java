package io.jynamo.frontend.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonWriterTest {
    private static final JsonMapper ORACLE = new JsonMapper();

    @Test
    void escapesWhatJsonAndJavaScriptCannotHold() {
        String text = "\u0000\u001f\b\t\n\f\r\"\\/\u007f\u2028\u2029";
        String written = text(new JsonWriter(1).value(text));
        assertThat(written)
                .isEqualTo("\"\\u0000\\u001f\\b\\t\\n\\f\\r\\\"\\\\/\u007f\\u2028\\u2029\"")
                .doesNotContain("\u2028", "\n");
        assertThat(ORACLE.readTree(written).asString()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud83d", "a\ude00b", "\ud83d\ud83d\ude00", "\ude00\ud83d"})
    void loneSurrogatesBecomeReplacementCharacters(String text) {
        byte[] written = new JsonWriter(1).value(text).toArray();
        String back = ORACLE.readTree(written).asString();
        assertThat(back).contains("\ufffd");
        assertThat(back.codePointCount(0, back.length())).isEqualTo(text.codePointCount(0, text.length()));
    }

    @Test
    void anyTextComesBack() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(40);
            for (int i = 0; i < length; i++) {
                int point = switch (random.nextInt(5)) {
                    case 0 -> random.nextInt(0x20);
                    case 1 -> random.nextInt(0x80);
                    case 2 -> random.nextInt(0x800);
                    case 3 -> 0xE000 + random.nextInt(0x1FFF);
                    default -> 0x10000 + random.nextInt(0xFFFFF);
                };
                text.appendCodePoint(point);
            }
            JsonNode back =
                    ORACLE.readTree(new JsonWriter(1).value(text.toString()).toArray());
            assertThat(back.asString()).as("seed %d round %d", seed, round).isEqualTo(text.toString());
        }
    }

    @Test
    void anyTreeComesBack() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            Object tree = tree(random, 4);
            byte[] written = new JsonWriter(1).tree(tree).toArray();
            assertThat(ORACLE.readTree(written))
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(ORACLE.valueToTree(tree));
        }
    }

    private static Object tree(Random random, int depth) {
        return switch (depth == 0 ? random.nextInt(4) : random.nextInt(6)) {
            case 0 -> random.nextInt();
            case 1 -> random.nextBoolean();
            case 2 -> random.nextDouble() * 1e6;
            case 3 -> "text" + random.nextInt(10);
            case 4 -> {
                Map<String, Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    map.put("k" + i, tree(random, depth - 1));
                }
                yield map;
            }
            default -> {
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(tree(random, depth - 1));
                }
                yield list;
            }
        };
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 9, 10, 1234567890123L, Long.MAX_VALUE, Long.MIN_VALUE})
    void writesIntegers(long value) {
        assertThat(text(new JsonWriter(1).value(value))).isEqualTo(Long.toString(value));
    }

    @Test
    void infinitiesAndNanStayJson() {
        JsonWriter out = new JsonWriter(1).beginArray();
        out.value(Float.NEGATIVE_INFINITY)
                .value(Double.POSITIVE_INFINITY)
                .value(Double.NaN)
                .value(-0.5f);
        assertThat(text(out.endArray())).isEqualTo("[-9999.0,9999.0,null,-0.5]");
    }

    @Test
    void longTextGrowsTheArrayButNotTooFar() {
        String text = "\u0001".repeat(100_000);
        JsonWriter out = new JsonWriter(1).value(text);
        assertThat(out.count()).isEqualTo(600_002);
        assertThat(out.array().length).isLessThan(2_000_000);
        out.reset(64);
        assertThat(out.array().length).isEqualTo(64);
        assertThat(Arrays.equals(out.value("x").toArray(), "\"x\"".getBytes(StandardCharsets.UTF_8)))
                .isTrue();
    }

    private static String text(JsonWriter out) {
        return new String(out.toArray(), StandardCharsets.UTF_8);
    }
}
