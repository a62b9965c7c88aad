package io.jynamo.router.index;

import io.jynamo.protocol.BlockHasher;

/**
 * How a reader goes along a prompt: from slot to slot of a run by local hashes, from run to run by links, and where
 * neither leads on, by the table, for which it needs the sequence hash. That is computed only there, so a look-up costs
 * about one comparison for each block that somebody holds, and nothing for those that nobody does.
 */
final class PrefixWalk {
    private final BlockTable table;
    private final Runs runs;
    private final OwnerSets sets;

    PrefixWalk(BlockTable table, Runs runs, OwnerSets sets) {
        this.table = table;
        this.runs = runs;
        this.sets = sets;
    }

    /**
     * Tells {@code hits} the owners along the prompt. Within a {@link Grace} only.
     *
     * @param sequences of the prompt, or empty: then they follow from {@code locals}
     * @param count blocks of the prompt; what the arrays have behind them is not read
     * @return blocks that have any owners, up to the first that has none
     */
    int along(long[] locals, long[] sequences, int count, PrefixHits hits) {
        boolean given = sequences.length > 0;
        int last = 0;
        int i = 0;
        long known = 0;
        int knownAt = -1;
        while (i < count) {
            long sequence = given ? sequences[i] : chain(known, knownAt, locals, i);
            int place = table.find(sequence);
            if (place == 0) {
                return i;
            }
            known = sequence;
            knownAt = i;
            int run = Runs.run(place);
            int slot = Runs.slot(place);
            int begin = i;
            while (run != 0) {
                long[] page = runs.page(run);
                int base = runs.base(run);
                int entered = i;
                for (; i < count && slot < Runs.SLOTS; slot++, i++) {
                    int set = Runs.set(page, base, slot);
                    // The first one's sequence hash has led here and says more than a local hash.
                    if (set == 0 || (i > begin && Runs.local(page, base, slot) != locals[i])) {
                        break;
                    }
                    if (set != last) {
                        OwnerSet owners = sets.at(set);
                        if (owners.isEmpty()) {
                            break; // they have left, and the block is about to go
                        }
                        hits.run(owners, i);
                        last = set;
                    }
                }
                if (entered > begin && i > entered) {
                    known = Runs.before(page, base);
                    knownAt = entered - 1;
                }
                run = slot == Runs.SLOTS && i < count ? Runs.next(page, base) : 0;
                slot = 0;
            }
            if (i == begin) {
                return i;
            }
        }
        return i;
    }

    private static long chain(long known, int knownAt, long[] locals, int to) {
        long sequence = known;
        for (int i = knownAt + 1; i <= to; i++) {
            sequence = i == 0 ? locals[0] : BlockHasher.chain(sequence, locals[i]);
        }
        return sequence;
    }
}
