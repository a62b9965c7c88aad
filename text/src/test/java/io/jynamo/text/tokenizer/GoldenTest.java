package io.jynamo.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.text.Tokenizer.SpecialText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Ids, texts and streams of 257 awkward strings for 40 real vocabularies, as the families' own libraries give them. */
class GoldenTest {
    private static final JsonMapper MAPPER = new JsonMapper();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cl100k",
                "claude",
                "deepseek-v3",
                "deepseek-v4",
                "gemma2",
                "gemma3",
                "gguf-bert-bge",
                "gguf-command-r",
                "gguf-deepseek-coder",
                "gguf-deepseek-llm",
                "gguf-falcon",
                "gguf-gemma-4",
                "gguf-gemma3",
                "gguf-gpt-2",
                "gguf-llama-bpe",
                "gguf-llama-spm",
                "gguf-mpt",
                "gguf-nomic-bert-moe",
                "gguf-phi-3",
                "gguf-qwen2",
                "gguf-qwen35",
                "gguf-refact",
                "gguf-smollm2",
                "gguf-starcoder",
                "gpt-oss",
                "j2",
                "llama3",
                "llama4",
                "minilm",
                "mistral-v1-json",
                "mistral-v1",
                "mistral-v3",
                "mistral-v7",
                "o200k",
                "qwen3.6",
                "qwen3",
                "smollm2",
                "tekken-240718",
                "tekken-240911",
                "xlm-r"
            })
    void equalsTheFamilysOwnLibrary(String family) throws IOException {
        List<JsonNode> rows = lines(Corpora.goldens().resolve(family + ".jsonl"));
        Map<String, String> texts = texts();
        PipelineTokenizer tokenizer = Corpora.tokenizer(family);
        JsonNode head = rows.getFirst();
        String kind = head.get("kind").stringValue();
        Set<String> ids = new TreeSet<>();
        Set<String> plain = new TreeSet<>();
        Set<String> decoded = new TreeSet<>();
        Set<String> skipped = new TreeSet<>();
        Set<String> streamed = new TreeSet<>();
        for (JsonNode row : rows.subList(1, rows.size())) {
            String name = row.get("name").stringValue();
            String text = row.has("text") ? row.get("text").stringValue() : texts.getOrDefault(name, "");
            int[] expected = ints(row.get("ids"));
            // These two libraries never parse special tokens in a text.
            boolean neverParsed = kind.equals("sentencepiece") || kind.equals("tekken");
            note(ids, name, tokenizer.encode(text, neverParsed ? SpecialText.PLAIN : SpecialText.PARSE), expected);
            int[] expectedPlain = row.has("plain") ? ints(row.get("plain")) : expected;
            note(plain, name, tokenizer.encode(text, SpecialText.PLAIN), expectedPlain);
            String seen = Utf8.repaired(text);
            String expectedText = row.has("decoded") ? row.get("decoded").stringValue() : seen;
            // llama.cpp puts a space before every word, the first too; the sibling's text is the right one.
            if (!family.equals("gguf-bert-bge")) {
                note(decoded, name, tokenizer.decode(expected, false), expectedText);
            }
            if (kind.equals("tokenizer.json")) {
                String expectedSkipped = row.has("skipped") ? row.get("skipped").stringValue() : expectedText;
                note(skipped, name, tokenizer.decode(expected, true), expectedSkipped);
            }
            if (row.has("stream")) {
                // The library never gives a malformed end; ours does when the stream is flushed.
                String whole = stream(tokenizer, expected, false);
                String given = joined(row.get("stream"));
                boolean same = whole.startsWith(given)
                        && whole.substring(given.length()).matches("\uFFFD*");
                note(streamed, name, same ? given : whole, given);
            }
            assertThat(stream(tokenizer, expected, false)).isEqualTo(tokenizer.decode(expected, false));
            assertThat(stream(tokenizer, expected, true)).isEqualTo(tokenizer.decode(expected, true));
        }
        compareWithSibling(family, tokenizer, texts);
        assertThat(tokenizer.encodeFramed("x", SpecialText.PARSE)).isEqualTo(ints(head.get("framed_x")));
        if (Boolean.getBoolean("jynamo.show")) {
            System.out.println("## " + family + " ids " + ids + " plain " + plain + " decoded " + decoded + " skipped "
                    + skipped + " streamed " + streamed);
        }
        assertThat(ids).as("ids").isEqualTo(KnownDifferences.ids(family));
        assertThat(plain).as("plain").isEqualTo(KnownDifferences.plain(family));
        assertThat(decoded).as("decoded").isEqualTo(KnownDifferences.decoded(family));
        assertThat(skipped).as("skipped").isEmpty();
        assertThat(streamed).as("streamed").isEmpty();
    }

    /** Every string that differs from llama.cpp must be what the family's own library gives for the same vocabulary. */
    private static void compareWithSibling(String family, PipelineTokenizer tokenizer, Map<String, String> texts)
            throws IOException {
        String sibling = KnownDifferences.sibling(family);
        if (sibling.isEmpty()) {
            return;
        }
        List<JsonNode> rows = lines(Corpora.goldens().resolve(sibling + ".jsonl"));
        Set<String> names = KnownDifferences.ids(family);
        boolean wordPiece = family.equals("gguf-bert-bge");
        for (JsonNode row : rows.subList(1, rows.size())) {
            String name = row.get("name").stringValue();
            String text = texts.getOrDefault(name, "");
            if (names.contains(name) && !row.has("text")) {
                assertThat(tokenizer.encode(text, SpecialText.PARSE)).as(name).isEqualTo(ints(row.get("ids")));
            }
            if (wordPiece && !row.has("text")) {
                String expected = row.has("decoded") ? row.get("decoded").stringValue() : text;
                assertThat(tokenizer.decode(ints(row.get("ids")), false))
                        .as(name)
                        .isEqualTo(expected);
            }
        }
    }

    private static void note(Set<String> differing, String name, int[] found, int[] expected) {
        if (!java.util.Arrays.equals(found, expected)) {
            differing.add(name);
            show(name, java.util.Arrays.toString(found), java.util.Arrays.toString(expected));
        }
    }

    private static void note(Set<String> differing, String name, String found, String expected) {
        if (!found.equals(expected)) {
            differing.add(name);
            show(name, found, expected);
        }
    }

    /** With {@code -Djynamo.show=true}, what a differing string gave. */
    private static void show(String name, String found, String expected) {
        if (Boolean.getBoolean("jynamo.show")) {
            System.out.println(name + "\n  found    " + found + "\n  expected " + expected);
        }
    }

    private static String stream(PipelineTokenizer tokenizer, int[] ids, boolean skipSpecial) {
        var decoder = tokenizer.newDecoder(skipSpecial);
        var text = new StringBuilder();
        for (int id : ids) {
            String piece = decoder.push(id);
            assertThat(Utf8.hasLoneSurrogate(piece)).isFalse();
            text.append(piece);
        }
        return text.append(decoder.flush()).toString();
    }

    private static String joined(JsonNode pieces) {
        var text = new StringBuilder();
        for (JsonNode piece : pieces) {
            text.append(piece.isNull() ? "" : piece.stringValue());
        }
        return text.toString();
    }

    private static Map<String, String> texts() throws IOException {
        var texts = new HashMap<String, String>();
        for (JsonNode row : lines(Corpora.goldens().resolve("strings.jsonl"))) {
            String text = row.has("hex")
                    ? lossy(HexFormat.of().parseHex(row.get("hex").stringValue()))
                    : row.get("text").stringValue();
            texts.put(row.get("name").stringValue(), text);
        }
        return texts;
    }

    private static String lossy(byte[] bytes) {
        return Utf8.lossy(bytes, 0, bytes.length);
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        var rows = new ArrayList<JsonNode>();
        for (String line : Files.readAllLines(file)) {
            rows.add(MAPPER.readTree(line));
        }
        return rows;
    }

    private static int[] ints(JsonNode list) {
        var result = new int[list.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = list.get(i).intValue();
        }
        return result;
    }
}
