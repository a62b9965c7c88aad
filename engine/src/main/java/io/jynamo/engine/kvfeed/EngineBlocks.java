package io.jynamo.engine.kvfeed;

import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.KvEvent.Tier;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the engine's names of blocks stand for. Bounded; a block that is gone from every tier is remembered for a while,
 * since an engine that holds two copies of a block tells the end of one and goes on from the other.
 */
final class EngineBlocks {
    private static final int REMEMBERED = 1 << 16;

    /** One named block. */
    static final class Block {
        final long sequence;
        final CacheScope scope;
        final boolean opaque;
        private int tiers;

        private Block(long sequence, CacheScope scope, boolean opaque) {
            this.sequence = sequence;
            this.scope = scope;
            this.opaque = opaque;
        }

        static Block of(long sequence, CacheScope scope) {
            return new Block(sequence, scope, false);
        }

        /** A block that depends on more than tokens, adapter and salt; so does everything after it. */
        static Block opaque(CacheScope scope) {
            return new Block(0, scope, true);
        }

        boolean isIn(Tier tier) {
            return (tiers & bit(tier)) != 0;
        }

        void enter(Tier tier) {
            tiers |= bit(tier);
        }

        /** Whether it was there. */
        boolean leave(Tier tier) {
            boolean was = isIn(tier);
            tiers &= ~bit(tier);
            return was;
        }

        boolean isNowhere() {
            return tiers == 0;
        }

        private static int bit(Tier tier) {
            return switch (tier) {
                case DEVICE -> 1;
                case HOST -> 2;
                case DISK -> 4;
                case REMOTE -> 8;
            };
        }
    }

    private final int capacity;
    private final Map<Long, Block> held = new HashMap<>();
    private final LinkedHashMap<Long, Block> gone = new LinkedHashMap<>();

    EngineBlocks(int capacity) {
        this.capacity = capacity;
    }

    @Nullable
    Block find(long name) {
        Block block = held.get(name);
        return block != null ? block : gone.get(name);
    }

    /** The engine's names of the blocks it has, by what they stand for; of two copies of a block one. */
    Map<Long, Long> names() {
        Map<Long, Long> names = new HashMap<>();
        held.forEach((name, block) -> {
            if (!block.opaque) {
                names.put(block.sequence, name);
            }
        });
        return names;
    }

    /** False where there is no room for one more. */
    boolean hold(long name, Block block) {
        if (held.size() >= capacity && !held.containsKey(name)) {
            return false;
        }
        gone.remove(name);
        held.put(name, block);
        return true;
    }

    /** The block is in no tier any more. */
    void retire(long name) {
        Block block = held.remove(name);
        if (block == null) {
            return;
        }
        gone.putLast(name, block);
        if (gone.size() > Math.min(REMEMBERED, capacity)) {
            gone.pollFirstEntry();
        }
    }

    /** Takes every block out of a tier. */
    void leaveAll(Tier tier) {
        held.values().removeIf(block -> block.leave(tier) && block.isNowhere());
        gone.clear();
    }

    void clear() {
        held.clear();
        gone.clear();
    }
}
