package io.jynamo.engine.kvfeed;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.KvEvent.Tier;
import io.jynamo.protocol.SequenceHash;
import io.jynamo.protocol.SequenceHashes;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What another reader of an engine's events knew is gone on from. */
class InheritedBlocksTest {
    private static final List<KnownBlock> KNOWN = List.of(
            new KnownBlock(101, null, 5, Tier.DEVICE),
            new KnownBlock(102, 101L, 6, Tier.HOST),
            new KnownBlock(9, 77L, 1, Tier.DEVICE));
    private static final long SECOND = BlockHasher.chain(5, 6);

    private final KvFeedCore core = new KvFeedCore(new KvEventTranslator(4, 100), false, OptionalInt.empty());

    @Test
    void it_is_told_and_held_but_for_blocks_without_parents() {
        assertThat(core.inherit(KNOWN).told())
                .containsExactly(
                        new KvEvent.Stored(1, null, new BlockHashes(new long[] {5}, new long[] {5}), Tier.DEVICE),
                        new KvEvent.Stored(
                                2,
                                new SequenceHash(5),
                                new BlockHashes(new long[] {6}, new long[] {SECOND}),
                                Tier.HOST));
        assertThat(core.snapshot()).hasSize(2);
        assertThat(core.names())
                .containsEntry(5L, 101L)
                .containsEntry(SECOND, 102L)
                .hasSize(2);
    }

    @Test
    void the_first_message_goes_on_from_it_whatever_its_number() {
        core.inherit(KNOWN);
        byte[] gone = EventWriter.batch(List.of("BlockRemoved", List.of(102L), "CPU"));
        assertThat(core.live(new KvFeedCore.Message(7, "kv", gone)).told())
                .containsExactly(new KvEvent.Removed(3, SequenceHashes.of(SECOND), Tier.HOST));
        assertThat(core.live(new KvFeedCore.Message(9, "kv", gone)).told())
                .as("a gap later on makes all of it doubtful")
                .containsExactly(new KvEvent.Cleared(4));
    }

    @Test
    void nothing_is_taken_over_once_the_engine_spoke() {
        core.live(new KvFeedCore.Message(0, "kv", EventWriter.batch()));
        assertThat(core.inherit(KNOWN).told()).isEmpty();
        assertThat(core.snapshot()).isEmpty();
    }
}
