package io.jynamo.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.SequenceHash;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlockPoolTest {
    private static final CacheScope SCOPE = CacheScope.SHARED;
    private final BlockPool pool = new BlockPool(4, 2);

    @Test
    void goesThroughItsStates() {
        int block = pool.tryReserve();
        assertThat(pool.state(block)).isEqualTo(BlockPool.State.RESERVED);
        pool.fill(block, 1);
        assertThat(pool.state(block)).isEqualTo(BlockPool.State.PARTIAL);
        pool.fill(block, 2);
        assertThat(pool.state(block)).isEqualTo(BlockPool.State.COMPLETE);
        assertThat(register(block, BlockPool.NONE, 10, 1, 2)).isEqualTo(block);
        assertThat(pool.state(block)).isEqualTo(BlockPool.State.REGISTERED);
        pool.release(block);
        assertThat(pool.state(block)).isEqualTo(BlockPool.State.CACHED);
        pool.acquire(block);
        assertThat(pool.state(block)).isEqualTo(BlockPool.State.REGISTERED);
        pool.release(block);
        for (int i = 0; i < 4; i++) {
            assertThat(pool.tryReserve()).isNotEqualTo(BlockPool.NONE);
        }
        assertThat(pool.tryReserve()).isEqualTo(BlockPool.NONE);
        assertThat(pool.generation(block)).isEqualTo(2);
        pool.checkInvariants();
    }

    @Test
    void givesBackWhatWasNeverRegistered() {
        int block = pool.tryReserve();
        pool.fill(block, 1);
        pool.release(block);
        assertThat(pool.state(block)).isEqualTo(BlockPool.State.FREE);
        assertThat(pool.drainEvents()).isEmpty();
    }

    @Test
    void keepsOneBlockPerHash() {
        int first = filled();
        register(first, BlockPool.NONE, 10, 1, 2);
        int second = filled();
        assertThat(register(second, BlockPool.NONE, 10, 1, 2)).isEqualTo(first);
        assertThat(pool.references(first)).isEqualTo(2);
        assertThat(pool.state(second)).isEqualTo(BlockPool.State.FREE);
        assertThat(pool.drainEvents()).hasSize(1);
    }

    @Test
    void aCollisionIsAMissAndIsNotRegistered() {
        int first = filled();
        register(first, BlockPool.NONE, 10, 1, 2);
        int other = filled();
        assertThat(register(other, BlockPool.NONE, 10, 3, 4)).isEqualTo(BlockPool.NONE);
        assertThat(pool.state(other)).isEqualTo(BlockPool.State.COMPLETE);
        assertThat(pool.match(BlockPool.NONE, 10, new int[] {3, 4}, 0, SCOPE)).isEqualTo(BlockPool.NONE);
        assertThat(pool.match(BlockPool.NONE, 10, new int[] {1, 2}, 0, SCOPE)).isEqualTo(first);
        assertThat(pool.match(BlockPool.NONE, 10, new int[] {1, 2}, 0, new CacheScope(null, "other")))
                .isEqualTo(BlockPool.NONE);
        assertThat(pool.match(other, 10, new int[] {1, 2}, 0, SCOPE)).isEqualTo(BlockPool.NONE);
        int child = filled();
        assertThat(register(child, other, 11, 5, 6)).isEqualTo(BlockPool.NONE);
    }

    @Test
    void evictsLeavesBeforeWhatTheyHangOn() {
        int root = filled();
        register(root, BlockPool.NONE, 10, 1, 2);
        int child = filled();
        register(child, root, 11, 3, 4);
        // Released in the wrong order: the root is unused for longer, and still has a child.
        pool.release(root);
        pool.release(child);
        pool.tryReserve();
        pool.tryReserve();
        pool.tryReserve();
        assertThat(pool.find(new SequenceHash(10))).isEqualTo(root);
        assertThat(pool.find(new SequenceHash(11))).isEqualTo(BlockPool.NONE);
        pool.checkInvariants();
    }

    @Test
    void evictsAParentWhoseChildIsHeldIfNothingElseIsLeft() {
        int root = filled();
        register(root, BlockPool.NONE, 10, 1, 2);
        int child = filled();
        register(child, root, 11, 3, 4);
        pool.release(root);
        pool.tryReserve();
        pool.tryReserve();
        assertThat(pool.available()).isEqualTo(1);
        assertThat(pool.tryReserve()).isEqualTo(root);
        pool.checkInvariants();
        // The orphan is not found any more below a new root, and a new child of that is kept private.
        pool.fill(root, 2);
        register(root, BlockPool.NONE, 10, 1, 2);
        assertThat(pool.match(root, 11, new int[] {3, 4}, 0, SCOPE)).isEqualTo(BlockPool.NONE);
        pool.checkInvariants();
    }

    @Test
    void tellsRunsAsOneEventAndNumbersThem() {
        int root = filled();
        register(root, BlockPool.NONE, 10, 1, 2);
        int child = filled();
        register(child, root, 11, 3, 4);
        int other = filled();
        register(other, BlockPool.NONE, 20, 5, 6);
        List<KvEvent> events = pool.drainEvents();
        assertThat(events).hasSize(2);
        KvEvent.Stored run = (KvEvent.Stored) events.getFirst();
        assertThat(run.id()).isEqualTo(1);
        assertThat(run.parent()).isNull();
        assertThat(run.blocks().sequence()).containsExactly(10, 11);
        assertThat(run.blocks().count()).isEqualTo(2);
        assertThat(events.getLast().id()).isEqualTo(2);
        int branch = filled();
        register(branch, root, 12, 7, 8);
        KvEvent.Stored stored = (KvEvent.Stored) pool.drainEvents().getFirst();
        assertThat(stored.parent()).isEqualTo(new SequenceHash(10));
        assertThat(stored.id()).isEqualTo(3);
    }

    @Test
    void clearsEverything() {
        int held = filled();
        register(held, BlockPool.NONE, 10, 1, 2);
        int cached = filled();
        register(cached, BlockPool.NONE, 20, 3, 4);
        pool.release(cached);
        pool.drainEvents();
        pool.clear();
        assertThat(pool.drainEvents()).containsExactly(new KvEvent.Cleared(3));
        assertThat(pool.find(new SequenceHash(10))).isEqualTo(BlockPool.NONE);
        assertThat(pool.state(held)).isEqualTo(BlockPool.State.COMPLETE);
        pool.release(held);
        assertThat(pool.available()).isEqualTo(4);
        pool.checkInvariants();
    }

    @Test
    void stopsWhoeverBreaksTheRules() {
        int block = pool.tryReserve();
        pool.acquire(block);
        assertThatThrownBy(() -> pool.fill(block, 1)).isInstanceOf(IllegalStateException.class);
        pool.release(block);
        pool.release(block);
        assertThatThrownBy(() -> pool.release(block)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> pool.acquire(block)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> register(block, BlockPool.NONE, 1, 1, 2)).isInstanceOf(IllegalStateException.class);
    }

    private int filled() {
        int block = pool.tryReserve();
        pool.fill(block, 2);
        return block;
    }

    private int register(int block, int parent, long sequence, int first, int second) {
        return pool.register(block, parent, sequence, -sequence, new int[] {first, second}, 0, SCOPE);
    }
}
