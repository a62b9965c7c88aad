package io.jynamo.engine.transformer;

import io.jynamo.engine.BlockSpace;
import io.jynamo.engine.step.KvMemory;
import io.jynamo.engine.tensor.NativeMemory;
import java.lang.foreign.Arena;

/** The KV blocks of one runner: one off-heap extent, allocated and zeroed once, freed when closed. */
final class PagedKv implements KvMemory {
    private final BlockSpace.Layout layout;
    private final int blocks;
    private final Arena arena = Arena.ofShared();
    private final long base;
    private final long headBytes;

    PagedKv(BlockSpace.Layout layout, int blocks) {
        this.layout = layout;
        this.blocks = blocks;
        this.headBytes = (long) layout.blockTokens()
                * layout.headSize()
                * layout.elementType().bytes();
        String use = "a KV cache of " + blocks + " blocks of " + layout.blockTokens()
                + " tokens (a lower --max-model-len or KV memory needs less)";
        this.base =
                NativeMemory.allocate(arena, layout.blockBytes() * blocks, use).address();
    }

    @Override
    public BlockSpace.Layout layout() {
        return layout;
    }

    @Override
    public int blocks() {
        return blocks;
    }

    @Override
    public long address(int block) {
        if (block < 0 || block >= blocks) {
            throw new IndexOutOfBoundsException("block " + block + " of " + blocks);
        }
        return base + block * layout.blockBytes();
    }

    /** Frees what is allocated with it when the pool is closed. */
    Arena arena() {
        return arena;
    }

    /** Bytes from a block's start to the keys of a head; its values are {@link #valuesAfterKeys} further. */
    long keys(int layer, int head) {
        return (2L * layer * layout.kvHeads() + head) * headBytes;
    }

    long valuesAfterKeys() {
        return layout.kvHeads() * headBytes;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
