package io.jynamo.text.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Small vocabularies whose tokens begin and end anywhere. */
final class Vocabularies {
    /** Tokens that span several parts of a JSON value, or half of one. */
    private static final List<String> JSON = List.of(
            "{\"", "\":", "\": ", "\",\"", "\"}", "\"]", "]}", "}}", "},{", "[]", "{}", "true", "false", "null", "tr",
            "ue", "al", "  ", "\n  ", ",\"", "\":\"", "\":[", "\":{", "12", "0.5", "-1", "e3", "\\u00", "\\\"", "abc",
            "name", "\"a\"", "ää");

    private Vocabularies() {}

    /** All bytes, pieces of JSON, and an end token, the last. */
    static TokenVocabulary json() {
        var pieces = bytes();
        JSON.forEach(piece -> pieces.add(piece.getBytes(StandardCharsets.UTF_8)));
        return withEnd(pieces);
    }

    /** All bytes, and random pieces of the texts given, cut at any byte. */
    static TokenVocabulary of(List<String> texts, Random random) {
        var pieces = bytes();
        for (int i = 0; i < 60; i++) {
            byte[] text = texts.get(random.nextInt(texts.size())).getBytes(StandardCharsets.UTF_8);
            int from = random.nextInt(text.length + 1);
            int to = from + random.nextInt(Math.min(8, text.length - from) + 1);
            pieces.add(java.util.Arrays.copyOfRange(text, from, to));
        }
        return withEnd(pieces);
    }

    private static List<byte[]> bytes() {
        var pieces = new ArrayList<byte[]>();
        for (int value = 0; value < 256; value++) {
            pieces.add(new byte[] {(byte) value});
        }
        return pieces;
    }

    private static TokenVocabulary withEnd(List<byte[]> pieces) {
        pieces.add("</s>".getBytes(StandardCharsets.UTF_8));
        return TokenVocabulary.of(pieces.toArray(byte[][]::new), pieces.size() - 1);
    }

    static int end(TokenVocabulary vocabulary) {
        return vocabulary.size() - 1;
    }

    static boolean allows(long[] mask, int id) {
        return (mask[id >> 6] >> id & 1) == 1;
    }

    static List<Integer> ids(long[] mask) {
        var ids = new ArrayList<Integer>();
        for (int id = 0; id < 64 * mask.length; id++) {
            if (allows(mask, id)) {
                ids.add(id);
            }
        }
        return ids;
    }
}
