package io.jynamo.frontend.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonInputTest {
    @Test
    void readsTreesInOrder() {
        Map<String, @Nullable Object> tree =
                read("{\"b\":1,\"a\":[true,null,\"x\",1.5],\"c\":{\"n\":123456789012345678901}}");
        assertThat(tree.keySet()).containsExactly("b", "a", "c");
        assertThat(tree.get("b")).isEqualTo(1L);
        assertThat(tree.get("a")).isEqualTo(Arrays.asList(true, null, "x", 1.5));
        assertThat(tree.get("c")).isEqualTo(Map.of("n", new BigInteger("123456789012345678901")));
    }

    @Test
    void readsLongTextsWhateverIsInThem() {
        String plain = "x".repeat(200_000);
        String spaces = " ".repeat(100_000);
        for (String text : new String[] {
            "",
            plain,
            plain + "\u00e9",
            "\u00e9" + plain,
            plain + "\n" + plain,
            "\"" + plain,
            plain + "\\",
            plain + "\uD83D\uDE00"
        }) {
            JsonWriter out = new JsonWriter(16);
            out.beginObject()
                    .name("empty")
                    .value("")
                    .name("long")
                    .value(text)
                    .name("after")
                    .value("y");
            String body = new String(out.endObject().toArray(), StandardCharsets.UTF_8);
            for (String spread : new String[] {body, body.replace(",\"", "," + spaces + "\""), spaces + body}) {
                assertThat(read(spread)).isEqualTo(Map.of("empty", "", "long", text, "after", "y"));
            }
        }
        for (String broken : new String[] {plain + "\u0001", plain + "\\q"}) {
            assertThatExceptionOfType(JynamoException.class)
                    .isThrownBy(() -> read("{\"a\":\"" + broken + "\"}"))
                    .satisfies(refused -> assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_JSON));
        }
        assertThatExceptionOfType(JynamoException.class).isThrownBy(() -> read("{\"a\":\"" + plain));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'a':1,}|7",
                "{'a':1 'b':2}|7",
                "{'a':01}|6",
                "{'a':nul}|6",
                "{'a':'x|7",
                "{'a':1} x|8",
                "{'a':1}{}|7",
                "{'a':'\\q'}|7",
            })
    void saysAtWhichByte(String body, int offset) {
        assertThatExceptionOfType(JynamoException.class)
                .isThrownBy(() -> read(body.replace('\'', '"')))
                .satisfies(refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_JSON);
                    assertThat(byteIn(refused.getMessage())).isBetween(offset - 2, offset + 1);
                });
    }

    private static int byteIn(@Nullable String message) {
        String text = String.valueOf(message);
        int at = text.indexOf("at byte ") + "at byte ".length();
        int end = at;
        while (end < text.length() && Character.isDigit(text.charAt(end))) {
            end++;
        }
        return Integer.parseInt(text.substring(at, end));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {"[1]|an array", "'text'|a string", "12|an integer", "null|null", "true|a boolean"})
    void onlyObjectsAreBodies(String body, String kind) {
        assertThatExceptionOfType(JynamoException.class)
                .isThrownBy(() -> read(body.replace('\'', '"')))
                .withMessage("The body must be a JSON object, not " + kind + ".");
    }

    @Test
    void emptyBodyIsSaidToBeEmpty() {
        assertThatExceptionOfType(JynamoException.class)
                .isThrownBy(() -> read("  "))
                .withMessageContaining("empty");
    }

    @Test
    void nestingIsBounded() {
        int fits = JsonInput.MAX_DEPTH - 1;
        assertThat(read("{\"a\":" + "[".repeat(fits) + "]".repeat(fits) + "}")).containsKey("a");
        assertThatExceptionOfType(JynamoException.class)
                .isThrownBy(() -> read("{\"a\":" + "[".repeat(1_000_000)))
                .satisfies(refused -> assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_JSON))
                .withMessageContaining("depth");
    }

    @Test
    void invalidUtf8IsRefused() {
        byte[] body = "{\"a\":\"x?\"}".getBytes(StandardCharsets.US_ASCII);
        for (int bad : new int[] {0x80, 0xC0, 0xFF, 0xF8}) {
            body[7] = (byte) bad;
            assertThatExceptionOfType(JynamoException.class)
                    .isThrownBy(() -> JsonInput.readObject(body, body.length, JsonInputTest::members))
                    .satisfies(refused -> assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_JSON));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "\\ud83d,false",
        "\\ud83dx,false",
        "\\ude00,false",
        "\\ud83d\\ude00,true",
        "\\\\ud83d,true",
        "\\u00e9,true"
    })
    void halfSurrogatePairsAreRefused(String escaped, boolean fine) {
        String body = "{\"a\":\"" + escaped + "\"}";
        if (fine) {
            assertThat(read(body)).containsKey("a");
        } else {
            assertThatExceptionOfType(JynamoException.class)
                    .isThrownBy(() -> read(body))
                    .withMessageContaining("surrogate");
        }
    }

    @Test
    void halfSurrogatePairsAreFoundWhereverTheyAre() {
        for (int before = 0; before < 20; before++) {
            for (int after = 0; after < 10; after++) {
                String head = "{\"a\":\"" + "x".repeat(before);
                String tail = "y".repeat(after) + "\"}";
                assertThat(read(head + "\\\\ud800" + tail)).containsKey("a");
                assertThat(read(head + "\\n\\ud83d\\ude00" + tail)).containsKey("a");
                assertThatExceptionOfType(JynamoException.class)
                        .isThrownBy(() -> read(head + "\\n\\ud800" + tail))
                        .withMessageContaining("at byte " + (8 + before));
            }
        }
    }

    @Test
    void anyMutationIsReadOrRefusedByName() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] good =
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"h\\u00e9 \\ud83d\\ude00\"}],\"n\":1.5e3}"
                        .getBytes(StandardCharsets.UTF_8);
        for (int round = 0; round < 20_000; round++) {
            byte[] body = good.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }
            int count = random.nextInt(5) == 0 ? random.nextInt(body.length) : body.length;
            try {
                JsonInput.readObject(body, count, JsonInputTest::members);
            } catch (JynamoException refused) {
                assertThat(refused.code()).as("seed %d round %d", seed, round).isEqualTo(ErrorCode.INVALID_JSON);
            }
        }
    }

    @Test
    void numbersOutOfAnyRangeAreRefused() {
        assertThatExceptionOfType(JynamoException.class).isThrownBy(() -> read("{\"a\":" + "9".repeat(5_000) + "}"));
    }

    private static Map<String, @Nullable Object> read(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return JsonInput.readObject(bytes, bytes.length, JsonInputTest::members);
    }

    private static Map<String, @Nullable Object> members(JsonInput in) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            members.put(name, in.tree());
        }
        return members;
    }
}
