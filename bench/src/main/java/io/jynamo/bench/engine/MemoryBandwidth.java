package io.jynamo.bench.engine;

import io.jynamo.engine.tensor.NativeMemory;
import io.jynamo.engine.tensor.ThreadTeam;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.LongAdder;
import jdk.incubator.vector.LongVector;

/** How fast a team of threads reads memory that is in no cache: the limit of decoding. */
final class MemoryBandwidth {
    private static final long SIZE = 1L << 30;
    private static final long PIECE = 1L << 22;

    private MemoryBandwidth() {}

    /** Best of three sequential passes over a gibibyte. */
    static double gigabytesPerSecond(ThreadTeam team) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = NativeMemory.allocate(arena, SIZE, "the bandwidth's measurement");
            memory.fill((byte) 1);
            LongAdder sum = new LongAdder();
            double best = 0;
            for (int pass = 0; pass < 3; pass++) {
                long start = System.nanoTime();
                team.forEach((int) (SIZE / PIECE), 1, (piece, member) -> sum.add(sum(memory, piece * PIECE)));
                best = Math.max(best, SIZE / (double) (System.nanoTime() - start));
            }
            if (sum.sum() == 0) {
                throw new IllegalStateException("memory was not read");
            }
            return best;
        }
    }

    private static long sum(MemorySegment memory, long from) {
        var species = LongVector.SPECIES_PREFERRED;
        int step = species.vectorByteSize();
        LongVector a = LongVector.zero(species);
        LongVector b = a;
        LongVector c = a;
        LongVector d = a;
        for (long at = from; at < from + PIECE; at += 4L * step) {
            a = a.add(LongVector.fromMemorySegment(species, memory, at, ByteOrder.nativeOrder()));
            b = b.add(LongVector.fromMemorySegment(species, memory, at + step, ByteOrder.nativeOrder()));
            c = c.add(LongVector.fromMemorySegment(species, memory, at + 2L * step, ByteOrder.nativeOrder()));
            d = d.add(LongVector.fromMemorySegment(species, memory, at + 3L * step, ByteOrder.nativeOrder()));
        }
        return a.add(b).add(c.add(d)).lane(0);
    }
}
