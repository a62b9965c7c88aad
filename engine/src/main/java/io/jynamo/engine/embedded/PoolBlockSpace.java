package io.jynamo.engine.embedded;

import io.jynamo.engine.BlockSpace;
import io.jynamo.engine.loop.EngineLoop;
import io.jynamo.engine.schedule.BlockPool;
import io.jynamo.engine.step.KvMemory;
import io.jynamo.protocol.SequenceHash;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The embedded engine's KV blocks for those who move them. A pin is a reference in the pool, taken between two of the
 * scheduler's events; at most half the pool can be pinned, so that requests always have room to go on.
 */
final class PoolBlockSpace implements BlockSpace {
    private final EngineLoop loop;
    private final KvMemory memory;
    private int pins; // under the core's monitor

    PoolBlockSpace(EngineLoop loop, KvMemory memory) {
        this.loop = loop;
        this.memory = memory;
    }

    @Override
    public Layout layout() {
        return memory.layout();
    }

    @Override
    public int blocks() {
        return memory.blocks();
    }

    @Override
    public Optional<Pin> pin(SequenceHash hash) {
        return loop.withCore(core -> {
            BlockPool pool = core.pool();
            int block = pool.find(hash);
            if (block == BlockPool.NONE || pins >= pool.capacity() / 2) {
                return Optional.empty();
            }
            pool.acquire(block);
            pins++;
            return Optional.of(new PoolPin(block, pool.generation(block)));
        });
    }

    private void unpin(int block) {
        loop.withCore(core -> {
            core.pool().release(block);
            return --pins;
        });
        loop.wake(); // somebody may wait for the block
    }

    private final class PoolPin implements Pin {
        private final int block;
        private final long generation;
        private final AtomicBoolean closed = new AtomicBoolean();

        PoolPin(int block, long generation) {
            this.block = block;
            this.generation = generation;
        }

        @Override
        public int block() {
            return block;
        }

        @Override
        public long generation() {
            return generation;
        }

        @Override
        public long address() {
            if (closed.get()) {
                throw new IllegalStateException("block " + block + " is not pinned any more");
            }
            return memory.address(block);
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                unpin(block);
            }
        }
    }
}
