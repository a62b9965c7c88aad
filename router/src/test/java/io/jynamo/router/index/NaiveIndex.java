package io.jynamo.router.index;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The oracle: a set of hashes per owner. */
final class NaiveIndex implements PrefixIndex {
    private final Map<Integer, Set<Long>> held = new HashMap<>();

    @Override
    public int store(int owner, long[] sequences) {
        for (long sequence : sequences) {
            held.computeIfAbsent(owner, o -> new HashSet<>()).add(sequence);
        }
        return 0;
    }

    @Override
    public void remove(int owner, long[] sequences) {
        for (long sequence : sequences) {
            held.getOrDefault(owner, new HashSet<>()).remove(sequence);
        }
    }

    @Override
    public void clear(int owner) {
        held.remove(owner);
    }

    @Override
    public void find(long[] sequences, int[] depths) {
        for (int owner = 0; owner < depths.length; owner++) {
            Set<Long> blocks = held.getOrDefault(owner, Set.of());
            int depth = 0;
            while (depth < sequences.length && blocks.contains(sequences[depth])) {
                depth++;
            }
            depths[owner] = depth;
        }
    }

    @Override
    public long blocks() {
        Set<Long> all = new HashSet<>();
        held.values().forEach(all::addAll);
        return all.size();
    }

    @Override
    public long bytes() {
        return 0;
    }

    @Override
    public boolean hasRoom() {
        return true;
    }
}
