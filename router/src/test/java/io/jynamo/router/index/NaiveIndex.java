package io.jynamo.router.index;

import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.KvEvent.Tier;
import io.jynamo.protocol.SequenceHash;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The oracle: for each owner a set of (tier, hash), and the deadlines of predictions. */
final class NaiveIndex {
    private final Map<Integer, Set<Held>> held = new HashMap<>();
    private final Map<Integer, Map<Long, Long>> predicted = new HashMap<>();

    private record Held(Tier tier, long sequence) {}

    void on(int owner, KvEvent event, long now) {
        Set<Held> of = held.computeIfAbsent(owner, o -> new HashSet<>());
        switch (event) {
            case KvEvent.Stored stored
            when isKnown(owner, stored.parent(), now) -> {
                for (long sequence : stored.blocks().sequence()) {
                    of.add(new Held(stored.tier(), sequence));
                }
            }
            case KvEvent.Stored orphan -> {}
            case KvEvent.Removed removed -> {
                for (long sequence : removed.blocks().values()) {
                    of.remove(new Held(removed.tier(), sequence));
                }
            }
            case KvEvent.Cleared cleared -> clear(owner);
            case KvEvent.Lost lost -> clear(owner);
            case KvEvent.Digest digest -> {}
        }
    }

    void clear(int owner) {
        held.remove(owner);
        predicted.remove(owner);
    }

    void predict(int owner, BlockHashes blocks, long deadline, long now) {
        Map<Long, Long> of = predicted.computeIfAbsent(owner, o -> new HashMap<>());
        of.values().removeIf(end -> end <= now);
        for (long sequence : blocks.sequence()) {
            boolean isPredicted = of.containsKey(sequence);
            if (deadline > now && (isPredicted || !holds(owner, Tier.DEVICE, sequence, now))) {
                of.merge(sequence, deadline, Math::max);
            }
        }
    }

    /** Leading blocks held on the tier or one before it. */
    int depth(int owner, Tier tier, long[] sequences, long now) {
        int depth = 0;
        while (depth < sequences.length && holds(owner, tier, sequences[depth], now)) {
            depth++;
        }
        return depth;
    }

    long blocks() {
        Set<Long> all = new HashSet<>();
        held.values().forEach(of -> of.forEach(each -> all.add(each.sequence)));
        predicted.values().forEach(of -> all.addAll(of.keySet()));
        return all.size();
    }

    private boolean isKnown(int owner, @Nullable SequenceHash parent, long now) {
        return parent == null || holds(owner, Tier.REMOTE, parent.value(), now);
    }

    private boolean holds(int owner, Tier deepest, long sequence, long now) {
        Set<Held> of = held.getOrDefault(owner, Set.of());
        for (Tier tier : Tier.values()) {
            if (tier.compareTo(deepest) <= 0 && of.contains(new Held(tier, sequence))) {
                return true;
            }
        }
        Long deadline = predicted.getOrDefault(owner, Map.of()).get(sequence);
        return deadline != null && deadline > now;
    }
}
