package io.jynamo.engine;

import io.jynamo.protocol.SequenceHash;
import java.util.Optional;

/**
 * An engine's own KV blocks, for those who move and tier them. A block is addressed only while pinned: pinning says that
 * it is complete and keeps it from being evicted or written.
 */
public interface BlockSpace {
    Layout layout();

    /** Number of blocks in the pool. */
    int blocks();

    /** Pins the block of a hash, if the pool has it. */
    Optional<Pin> pin(SequenceHash hash);

    /** A block that stays as it is until closed. */
    interface Pin extends AutoCloseable {
        int block();

        /** Rises each time the block's id is reused for other tokens: a stale reference shows by it. */
        long generation();

        /** Native address of its first byte. */
        long address();

        @Override
        void close();
    }

    /**
     * How numbers lie within a block, one contiguous extent: {@code [layer][key, value][kv head]}, then keys as
     * {@code [head size][token]}, so that a vector holds the same number of neighbouring keys, and values as
     * {@code [token][head size]}.
     *
     * @param layers transformer layers
     * @param kvHeads key/value heads of a layer
     * @param headSize numbers per head
     * @param elementType of each number
     * @param blockTokens tokens per block
     */
    record Layout(int layers, int kvHeads, int headSize, ElementType elementType, int blockTokens) {
        public long blockBytes() {
            return tokenBytes() * blockTokens;
        }

        /** Bytes that one token takes over all layers, keys and values. */
        public long tokenBytes() {
            return 2L * layers * kvHeads * headSize * elementType.bytes();
        }
    }

    /** The type of a cached number. */
    enum ElementType {
        F32(4),
        F16(2),
        BF16(2);

        private final int bytes;

        ElementType(int bytes) {
            this.bytes = bytes;
        }

        public int bytes() {
            return bytes;
        }
    }
}
