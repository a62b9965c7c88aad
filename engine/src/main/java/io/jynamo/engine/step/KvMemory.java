package io.jynamo.engine.step;

import io.jynamo.engine.BlockSpace;

/** The off-heap memory behind a pool's block ids: what the runner computes in and the block space shows. */
public interface KvMemory extends AutoCloseable {
    BlockSpace.Layout layout();

    /** Number of blocks; ids are below it. */
    int blocks();

    /** The native address of a block's first byte; the block is {@code layout().blockBytes()} long and contiguous. */
    long address(int block);

    @Override
    void close();
}
