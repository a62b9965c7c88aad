package io.jynamo.engine.tensor;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * Zeroed native memory from the C library. Unlike {@link Arena#allocate} it does not write the zeros: the system gives
 * pages when they are first touched, so a large KV pool costs nothing until it is used.
 *
 * <p>On Linux, large pieces ask for huge pages. Weights are read from front to back once a token, and every page they
 * cross costs an address translation and restarts the processor's prefetching.
 */
public final class NativeMemory {
    private static final long LINE = 64;
    private static final long HUGE_PAGE = 2L << 20;
    private static final int MADV_HUGEPAGE = 14;
    private static final MethodHandle CALLOC;
    private static final MethodHandle FREE;
    private static final @Nullable MethodHandle MADVISE;

    static {
        Linker linker = Linker.nativeLinker();
        CALLOC = handle(
                linker,
                "calloc",
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
        FREE = handle(linker, "free", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
        MADVISE = System.getProperty("os.name").equals("Linux")
                ? handle(
                        linker,
                        "madvise",
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT))
                : null;
    }

    private NativeMemory() {}

    @SuppressWarnings("restricted") // functions of the C library, called as it says
    private static MethodHandle handle(Linker linker, String name, FunctionDescriptor descriptor) {
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
    }

    /**
     * Allocates memory that is freed with {@code arena}.
     *
     * @param size bytes
     * @param use what for, completing "there is no memory for ..."
     * @return a segment aligned to a cache line
     * @throws JynamoException MODEL_DOES_NOT_FIT when the system has none left
     */
    @SuppressWarnings("restricted") // the size is what was allocated
    public static MemorySegment allocate(Arena arena, long size, String use) {
        long alignment = size >= 2 * HUGE_PAGE ? HUGE_PAGE : LINE;
        MemorySegment start;
        try {
            start = (MemorySegment) CALLOC.invokeExact(1L, size + alignment);
        } catch (Throwable t) {
            throw new IllegalStateException("calloc", t);
        }
        if (start.address() == 0) {
            throw new JynamoException(
                    ErrorCode.MODEL_DOES_NOT_FIT, "there is no memory for " + use + ": " + (size >> 20) + " MiB");
        }
        long skip = -start.address() & (alignment - 1);
        MemorySegment memory =
                start.reinterpret(size + alignment, arena, NativeMemory::free).asSlice(skip, size);
        if (alignment == HUGE_PAGE) {
            adviseHugePages(memory);
        }
        return memory;
    }

    /** Advice only: a system that does not take it is slower and not wrong, so its answer is not looked at. */
    private static int adviseHugePages(MemorySegment memory) {
        if (MADVISE == null) {
            return 0;
        }
        try {
            return (int) MADVISE.invokeExact(memory, memory.byteSize(), MADV_HUGEPAGE);
        } catch (Throwable t) {
            throw new IllegalStateException("madvise", t);
        }
    }

    private static void free(MemorySegment start) {
        try {
            FREE.invokeExact(start);
        } catch (Throwable t) {
            throw new IllegalStateException("free", t);
        }
    }
}
