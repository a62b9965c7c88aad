package io.jynamo.bench.router;

import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.SequenceHash;
import io.jynamo.protocol.SequenceHashes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A stream of stores, removals and look-ups in the order in which a router sees them, read from a file of the format
 * {@code KVIXOPS1} into the objects that a router is given. Some look-ups carry the answer of a set per worker.
 */
final class Corpus {
    private static final long MAGIC = 0x31_53_50_4F_58_49_56_4BL;
    private static final int HEADER_WORDS = 16;
    private static final int HAS_PARENT = 1;
    private static final int HAS_ANSWER = 2;
    private static final int IS_FINAL = 4;
    private static final int STORE = 1;
    private static final int REMOVE = 2;

    private final String name;
    private final int workers;
    private final long updateBlocks;
    private final long lookupBlocks;
    private final long uniqueAtEnd;
    private final List<Step> steps = new ArrayList<>();

    /** One record. */
    sealed interface Step {
        /** A worker's event. */
        record Update(int worker, KvEvent event) implements Step {}

        /**
         * A look-up by local hashes.
         *
         * @param answer pairs of worker (low half) and depth (high half) of all workers with a hit, or empty where unknown
         * @param isFinal it comes after the last update and checks the end
         */
        @SuppressWarnings("ArrayRecordComponent") // a corpus has millions of hashes
        record Lookup(long[] locals, long[] answer, boolean isChecked, boolean isFinal) implements Step {}
    }

    private Corpus(String name, LongBuffer words) {
        this.name = name;
        if (words.get(0) != MAGIC) {
            throw new IllegalArgumentException(name + " is not a KVIXOPS1 file");
        }
        workers = (int) words.get(2);
        updateBlocks = words.get(8) + words.get(9);
        lookupBlocks = words.get(10);
        uniqueAtEnd = words.get(13);
        words.position(HEADER_WORDS);
        while (words.hasRemaining()) {
            steps.add(step(words));
        }
    }

    /** Reads a file that was made by {@code generate} of the shared index bench. */
    static Corpus read(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            LongBuffer words = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asLongBuffer();
            return new Corpus(file.getFileName().toString().replace(".kvix", ""), words);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the corpus " + file, e);
        }
    }

    String name() {
        return name;
    }

    int workers() {
        return workers;
    }

    List<Step> steps() {
        return steps;
    }

    /** Blocks stored and removed. */
    long updateBlocks() {
        return updateBlocks;
    }

    /** Blocks looked up, final look-ups not counted. */
    long lookupBlocks() {
        return lookupBlocks;
    }

    /** Distinct blocks that any worker holds after the last update. */
    long uniqueAtEnd() {
        return uniqueAtEnd;
    }

    private static Step step(LongBuffer words) {
        long head = words.get();
        long counts = words.get();
        words.get(); // the time of the trace
        int flags = (int) (head >>> 8) & 0xFF;
        int worker = (int) (head >>> 32);
        int blocks = (int) counts;
        return switch ((int) head & 0xFF) {
            case STORE -> new Step.Update(worker, stored(words, blocks, (flags & HAS_PARENT) != 0));
            case REMOVE -> {
                var gone = SequenceHashes.of(take(words, blocks));
                yield new Step.Update(worker, new KvEvent.Removed(0, gone, KvEvent.Tier.DEVICE));
            }
            default -> {
                long[] locals = take(words, blocks);
                long[] answer = take(words, (int) (counts >>> 32));
                yield new Step.Lookup(locals, answer, (flags & HAS_ANSWER) != 0, (flags & IS_FINAL) != 0);
            }
        };
    }

    private static KvEvent stored(LongBuffer words, int blocks, boolean hasParent) {
        SequenceHash parent = hasParent ? new SequenceHash(words.get()) : null;
        var hashes = new BlockHashes(take(words, blocks), take(words, blocks));
        return new KvEvent.Stored(0, parent, hashes, KvEvent.Tier.DEVICE);
    }

    private static long[] take(LongBuffer words, int count) {
        long[] taken = new long[count];
        words.get(taken);
        return taken;
    }
}
