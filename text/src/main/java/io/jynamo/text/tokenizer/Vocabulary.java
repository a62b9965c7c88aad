package io.jynamo.text.tokenizer;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Token texts by id and ids by text. Ids may have holes; below {@link #size()} every id is either a token or a hole. */
final class Vocabulary {
    /** No model in sight has half of this; what asks for more is a broken file. */
    static final int MAX_ID = MergeTable.MAX_ID - 1;

    private @Nullable String[] texts;
    private int size;
    private int[] slots = new int[1 << 12];
    private int used;

    Vocabulary(int expected) {
        texts = new String[Math.clamp(expected, 16, MAX_ID)];
        slots = new int[Integer.highestOneBit(texts.length) * 4];
        Arrays.fill(slots, -1);
    }

    /**
     * Adds a token.
     *
     * @throws JynamoException MODEL_FILE_CORRUPT where the id is out of range or taken by another text
     */
    void add(long id, String text) {
        if (id < 0 || id >= MAX_ID) {
            throw new JynamoException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    "token \"" + shown(text) + "\" has the id " + id + ", outside 0.." + (MAX_ID - 1));
        }
        int index = (int) id;
        if (index >= texts.length) {
            texts = Arrays.copyOf(texts, Math.min(MAX_ID, Math.max(index + 1, texts.length * 2)));
        }
        String taken = texts[index];
        if (taken != null && !taken.equals(text)) {
            throw new JynamoException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    "id " + id + " is given to both \"" + shown(taken) + "\" and \"" + shown(text) + "\"");
        }
        texts[index] = text;
        size = Math.max(size, index + 1);
        insert(index, text);
    }

    /** Makes ids below {@code count} part of the vocabulary, as holes where they have no text. */
    void extendTo(int count) {
        if (count > texts.length) {
            texts = Arrays.copyOf(texts, Math.min(MAX_ID, count));
        }
        size = Math.max(size, count);
    }

    private void insert(int id, String text) {
        if (used * 2 >= slots.length) {
            grow();
        }
        int mask = slots.length - 1;
        int slot = spread(text.hashCode()) & mask;
        while (slots[slot] >= 0) {
            if (text.equals(texts[slots[slot]])) {
                return;
            }
            slot = (slot + 1) & mask;
        }
        slots[slot] = id;
        used++;
    }

    private void grow() {
        int[] old = slots;
        slots = new int[old.length * 2];
        Arrays.fill(slots, -1);
        int mask = slots.length - 1;
        for (int id : old) {
            if (id >= 0) {
                String text = texts[id];
                int slot = spread(text == null ? 0 : text.hashCode()) & mask;
                while (slots[slot] >= 0) {
                    slot = (slot + 1) & mask;
                }
                slots[slot] = id;
            }
        }
    }

    private static int spread(int hash) {
        return (hash * 0x9E3779B1) >>> 7;
    }

    int size() {
        return size;
    }

    /** The id of a text (the first one given, where several have it), or -1. */
    int find(String text) {
        return find(text, 0, text.length());
    }

    /** The id of a part of a text, without making that part a string. */
    int find(String text, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + text.charAt(i);
        }
        int mask = slots.length - 1;
        int length = to - from;
        for (int slot = spread(hash) & mask; ; slot = (slot + 1) & mask) {
            int id = slots[slot];
            if (id < 0) {
                return -1;
            }
            String candidate = texts[id];
            if (candidate != null && candidate.length() == length && text.startsWith(candidate, from)) {
                return id;
            }
        }
    }

    /** The text of an id, or null for a hole and for ids outside. */
    @Nullable
    String text(int id) {
        return id >= 0 && id < size ? texts[id] : null;
    }

    static String shown(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
