package io.jynamo.engine.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Where the matrices of one model lie: slabs large enough for huge pages, filled from front to back. */
public final class MatrixMemory {
    private static final long SLAB = 64L << 20;

    private final Arena arena = Arena.ofAuto();
    private MemorySegment slab = MemorySegment.NULL;
    private long used;

    /** A piece aligned to a cache line; it lives as long as something refers to it. */
    MemorySegment allocate(long size, String use) {
        if (used + size > slab.byteSize()) {
            slab = NativeMemory.allocate(arena, Math.max(size, SLAB), use);
            used = 0;
        }
        MemorySegment piece = slab.asSlice(used, size);
        used += (size + 63) / 64 * 64;
        return piece;
    }
}
