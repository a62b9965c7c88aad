package io.jynamo.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Words that are known to be one token, and the quick way of merging, against plain merging over random vocabularies. */
class WholeWordsTest {
    private static final int LETTERS = 4;

    @Test
    void holdsTheTokensThatMergingArrivesAt() {
        for (long seed : new long[] {3, System.nanoTime()}) {
            var random = new Random(seed);
            int found = 0;
            for (int round = 0; round < 300; round++) {
                var vocabulary = new RandomVocabulary(random, round % 3 == 0);
                WholeWords whole = WholeWords.reached(vocabulary.table, vocabulary.byteIds);
                for (String word : vocabulary.words()) {
                    List<Integer> merged = vocabulary.merged(word);
                    int expected = merged.size() == 1 && word.length() <= WholeWords.MAX_BYTES ? merged.getFirst() : -1;
                    int held = find(whole, word);
                    // Where parts come after the whole, the table may leave a token out, never make one up.
                    if (held >= 0 || round % 3 != 0) {
                        assertThat(held)
                                .as("seed %d round %d %s", seed, round, word)
                                .isEqualTo(expected);
                    }
                    found += expected >= 0 ? 1 : 0;
                }
            }
            assertThat(found).isGreaterThan(3000);
        }
    }

    @Test
    void mergesBytesLikeTheGeneralWay() {
        for (long seed : new long[] {4, System.nanoTime()}) {
            var random = new Random(seed);
            for (int round = 0; round < 300; round++) {
                var vocabulary = new RandomVocabulary(random, round % 3 == 0);
                ByteMerger merger = Objects.requireNonNull(ByteMerger.of(vocabulary.table, vocabulary.byteIds));
                for (int n = 0; n < 30; n++) {
                    String word = vocabulary.word(random, random.nextInt(1, ByteMerger.MAX_BYTES + 1));
                    var out = new IdBuffer();
                    byte[] s = word.getBytes(StandardCharsets.ISO_8859_1);
                    merger.encode(s, 0, s.length, new ByteMerger.Scratch(), out);
                    assertThat(Arrays.stream(out.toArray()).boxed().toList())
                            .as("seed %d round %d %s", seed, round, word)
                            .isEqualTo(vocabulary.merged(word));
                }
            }
        }
    }

    @Test
    void remembersWordsOfALane() {
        var random = new Random(5);
        var hot = new HotWords();
        Map<String, int[]> kept = new HashMap<>();
        int found = 0;
        for (int n = 0; n < 200_000; n++) {
            var word = new byte[random.nextInt(1, HotWords.MAX_BYTES + 1) + 16];
            int length = word.length - 16;
            for (int i = 0; i < word.length; i++) {
                word[i] = (byte) (i < length ? random.nextInt(3) : random.nextInt(256));
            }
            long low = HotWords.low(word, 0, length);
            long rest = HotWords.rest(word, 0, length);
            String name = new String(word, 0, length, StandardCharsets.ISO_8859_1);
            int at = hot.find(low, rest, length);
            if (at >= 0) {
                var ids = new int[HotWords.MAX_IDS];
                int count = hot.write(at, ids, 0);
                assertThat(Arrays.copyOf(ids, count)).isEqualTo(kept.get(name));
                found++;
            } else {
                int[] ids =
                        random.ints(random.nextInt(1, 9), 0, MergeTable.MAX_ID).toArray();
                hot.put(low, rest, length, ids, 0, ids.length);
                kept.put(name, ids);
            }
            // As a longer word whose beginning is the same, it is not there.
            assertThat(hot.find(low, rest, length + 16)).isNegative();
        }
        assertThat(found).isGreaterThan(5_000);
    }

    private static int find(WholeWords whole, String word) {
        byte[] s = Arrays.copyOf(word.getBytes(StandardCharsets.ISO_8859_1), Math.max(16, word.length()));
        int within = Math.min(word.length(), HotWords.MAX_BYTES);
        long low = HotWords.low(s, 0, within);
        long rest = HotWords.rest(s, 0, within);
        int id = whole.find(low, rest, word.length());
        int home = whole.findAtHome(low, rest, word.length());
        assertThat(home).isIn(-1, id);
        return id;
    }

    /** Merges of a few letters; {@code wild} ones come in any order and make tokens by several ways, as no training does. */
    private static final class RandomVocabulary {
        final MergeTable table = new MergeTable(4);
        final int[] byteIds = new int[256];
        private final List<String> texts = new ArrayList<>();

        RandomVocabulary(Random random, boolean wild) {
            Map<String, Integer> ids = new HashMap<>();
            for (int b = 0; b < 256; b++) {
                byteIds[b] = b;
                texts.add(String.valueOf((char) b));
                ids.put(texts.getLast(), b);
            }
            int merges = random.nextInt(1, 60);
            for (int rank = 0; rank < merges; rank++) {
                int left = any(random);
                int right = random.nextInt(4) == 0 ? left : any(random);
                String text = texts.get(left) + texts.get(right);
                Integer known = ids.get(text);
                if (known == null) {
                    known = texts.size();
                    texts.add(text);
                    ids.put(text, known);
                } else if (!wild) {
                    continue;
                }
                table.put(left, right, wild ? random.nextInt(100) * 100 + rank : rank, known);
            }
        }

        private int any(Random random) {
            int choice = random.nextInt(LETTERS + texts.size() - 256);
            return choice < LETTERS ? 'a' + choice : 256 + choice - LETTERS;
        }

        List<String> words() {
            return texts.subList('a', texts.size()).stream()
                    .filter(text -> text.length() <= 40)
                    .toList();
        }

        String word(Random random, int length) {
            var word = new StringBuilder();
            while (word.length() < length) {
                word.append(texts.get(any(random)));
            }
            return word.substring(0, length);
        }

        List<Integer> merged(String word) {
            var merger = new BpeMerger();
            for (int i = 0; i < word.length(); i++) {
                merger.add(word.charAt(i), i);
            }
            merger.merge(table, new byte[0], word.length());
            List<Integer> found = new ArrayList<>();
            for (int i = 0; i < merger.count(); i++) {
                found.add(merger.id(i));
            }
            return found;
        }
    }
}
