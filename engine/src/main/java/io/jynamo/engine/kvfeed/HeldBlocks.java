package io.jynamo.engine.kvfeed;

import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.BlockTally;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.KvEvent.Tier;
import io.jynamo.protocol.SequenceHash;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The blocks that subscribers have been told of, by tier and sequence hash. Two blocks of the engine may be one here; it
 * is gone when both are.
 */
final class HeldBlocks {
    /** One block with the number of the engine's blocks behind it. */
    private static final class Held {
        final long sequence;
        final long local;
        final @Nullable SequenceHash parent;
        int copies;

        Held(long sequence, long local, @Nullable SequenceHash parent) {
            this.sequence = sequence;
            this.local = local;
            this.parent = parent;
        }
    }

    private final Map<Tier, Map<Long, Held>> tiers = new EnumMap<>(Tier.class);
    private final BlockTally tally = new BlockTally();

    HeldBlocks() {
        for (Tier tier : Tier.values()) {
            tiers.put(tier, new HashMap<>());
        }
    }

    boolean isEmpty() {
        return tiers.values().stream().allMatch(Map::isEmpty);
    }

    boolean isEmpty(Tier tier) {
        return in(tier).isEmpty();
    }

    /** Whether it is new in this tier. */
    boolean add(long sequence, long local, @Nullable SequenceHash parent, Tier tier) {
        Held held = in(tier).computeIfAbsent(sequence, key -> new Held(sequence, local, parent));
        if (held.copies++ > 0) {
            return false;
        }
        tally.add(tier, sequence);
        return true;
    }

    /** Whether it was the last of its kind in this tier. */
    boolean remove(long sequence, Tier tier) {
        Held held = in(tier).get(sequence);
        if (held == null || --held.copies > 0) {
            return false;
        }
        in(tier).remove(sequence);
        tally.remove(tier, sequence);
        return true;
    }

    /** Takes everything out of a tier and says what that was. */
    long[] removeAll(Tier tier) {
        long[] all = in(tier).keySet().stream().mapToLong(Long::longValue).toArray();
        in(tier).clear();
        tally.clear(tier);
        return all;
    }

    void clear() {
        tiers.values().forEach(Map::clear);
        tally.clear();
    }

    /** What is held, in figures. */
    KvEvent.Digest digest(long id) {
        return new KvEvent.Digest(id, tally.digests());
    }

    /** Everything held, as events of one id: in each tier one per unbranched run, parents first. */
    List<KvEvent> snapshot(long id) {
        List<KvEvent> events = new ArrayList<>();
        tiers.forEach((tier, blocks) -> snapshot(id, tier, blocks, events));
        return events;
    }

    private static void snapshot(long id, Tier tier, Map<Long, Held> blocks, List<KvEvent> events) {
        Map<Long, List<Held>> children = new HashMap<>();
        Deque<Held> starts = new ArrayDeque<>();
        for (Held held : blocks.values()) {
            if (held.parent == null || !blocks.containsKey(held.parent.value())) {
                starts.push(held);
            } else {
                children.computeIfAbsent(held.parent.value(), key -> new ArrayList<>(1))
                        .add(held);
            }
        }
        while (!starts.isEmpty()) {
            List<Held> run = new ArrayList<>();
            List<Held> next = List.of(starts.pop());
            while (next.size() == 1) {
                run.add(next.getFirst());
                next = children.getOrDefault(next.getFirst().sequence, List.of());
            }
            next.forEach(starts::push);
            events.add(new KvEvent.Stored(id, run.getFirst().parent, hashes(run), tier));
        }
    }

    private static BlockHashes hashes(List<Held> run) {
        return new BlockHashes(
                run.stream().mapToLong(held -> held.local).toArray(),
                run.stream().mapToLong(held -> held.sequence).toArray());
    }

    private Map<Long, Held> in(Tier tier) {
        return Objects.requireNonNull(tiers.get(tier));
    }
}
