package io.jynamo.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Both ways of merging give what repeated search for the lowest, leftmost pair gives. */
class BpeMergerTest {
    @Test
    void agreesWithTheNaiveWay() {
        for (long seed : new long[] {7, System.nanoTime()}) {
            var random = new Random(seed);
            for (int round = 0; round < 400; round++) {
                int symbols = random.nextInt(2, 5);
                var table = new MergeTable(4);
                int next = symbols;
                for (int rank = 0; rank < random.nextInt(1, 60); rank++) {
                    table.put(random.nextInt(next), random.nextInt(next), rank, next);
                    next++;
                }
                var merger = new BpeMerger();
                List<Integer> naive = new ArrayList<>();
                int length = random.nextInt(1, 200);
                for (int i = 0; i < length; i++) {
                    int symbol = random.nextInt(symbols);
                    merger.add(symbol, i);
                    naive.add(symbol);
                }
                merger.merge(table, new byte[0], length);
                merge(table, naive);
                List<Integer> found = new ArrayList<>();
                for (int i = 0; i < merger.count(); i++) {
                    found.add(merger.id(i));
                }
                assertThat(found).as("seed %d round %d", seed, round).isEqualTo(naive);
            }
        }
    }

    private static void merge(MergeTable table, List<Integer> symbols) {
        while (true) {
            long best = PairRanks.NONE;
            int at = -1;
            for (int i = 0; i + 1 < symbols.size(); i++) {
                long pair = table.find(symbols.get(i), symbols.get(i + 1), new byte[0], 0, 0);
                if (pair < best) {
                    best = pair;
                    at = i;
                }
            }
            if (at < 0) {
                return;
            }
            symbols.set(at, table.merged(best));
            symbols.subList(at + 1, at + 2).clear();
        }
    }
}
