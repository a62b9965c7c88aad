package io.jynamo.engine.kvfeed;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.BlockTally;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.KvEvent.Tier;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** A listener that checks what it is told: ids without gaps, nothing stored twice, nothing removed that was not there. */
final class Told {
    private final Map<Tier, Set<Long>> blocks = new EnumMap<>(Tier.class);
    private long lastId = -1;

    Told() {
        for (Tier tier : Tier.values()) {
            blocks.put(tier, new HashSet<>());
        }
    }

    Set<Long> in(Tier tier) {
        return Objects.requireNonNull(blocks.get(tier));
    }

    void on(List<? extends KvEvent> events) {
        events.forEach(this::on);
    }

    void on(KvEvent event) {
        if (event instanceof KvEvent.Digest digest) {
            agreesWith(digest);
            return;
        }
        assertThat(event.id()).isEqualTo(lastId < 0 ? 1 : lastId + 1);
        lastId = event.id();
        apply(event);
    }

    /** Begins with a snapshot. */
    void begin(List<? extends KvEvent> snapshot, long id) {
        lastId = id;
        for (KvEvent event : snapshot) {
            assertThat(event.id()).isEqualTo(id);
            assertThat(event).isInstanceOf(KvEvent.Stored.class);
            apply(event);
        }
    }

    void agreesWith(List<? extends KvEvent> snapshot) {
        Told fresh = new Told();
        snapshot.forEach(fresh::apply);
        assertThat(fresh.blocks).isEqualTo(blocks);
    }

    void agreesWith(KvEvent.Digest digest) {
        BlockTally tally = new BlockTally();
        blocks.forEach((tier, held) -> held.forEach(block -> tally.add(tier, block)));
        assertThat(digest.tiers()).isEqualTo(tally.digests());
        assertThat(digest.id()).isEqualTo(lastId < 0 ? digest.id() : lastId);
        lastId = digest.id();
    }

    private void apply(KvEvent event) {
        switch (event) {
            case KvEvent.Stored stored -> stored(stored);
            case KvEvent.Removed removed -> {
                for (long block : removed.blocks().values()) {
                    assertThat(in(removed.tier()).remove(block))
                            .as("held before")
                            .isTrue();
                }
            }
            case KvEvent.Cleared cleared -> blocks.values().forEach(Set::clear);
            case KvEvent.Lost lost -> throw new AssertionError("a translator mends what it loses: " + lost);
            case KvEvent.Digest digest -> throw new AssertionError("no change: " + digest);
        }
    }

    private void stored(KvEvent.Stored stored) {
        assertThat(stored.blocks().count()).isPositive();
        long[] sequences = stored.blocks().sequence();
        long[] locals = stored.blocks().local();
        for (int i = 0; i < sequences.length; i++) {
            var parent = stored.parent();
            if (i > 0) {
                assertThat(sequences[i]).isEqualTo(BlockHasher.chain(sequences[i - 1], locals[i]));
            } else if (parent != null) {
                assertThat(sequences[0]).isEqualTo(BlockHasher.chain(parent.value(), locals[0]));
            } else {
                assertThat(sequences[0]).isEqualTo(locals[0]);
            }
            assertThat(in(stored.tier()).add(sequences[i]))
                    .as("new in the tier")
                    .isTrue();
        }
    }
}
