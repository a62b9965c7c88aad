package io.jynamo.router.index;

import io.jynamo.protocol.BlockHashBuffer;
import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.KvEvent;

/**
 * Which owners hold which KV blocks, on which tier. An owner is a small number that stands for a worker, or for one of
 * its data-parallel ranks. A sequence hash stands for its block and everything before it, adapter and salt included, so
 * each block is a fact of its own: events may be repeated or about unknown blocks, and the index still says only what it
 * was told.
 *
 * <p>Events of one owner come one at a time; those of different owners, and {@link #find}, from any thread.
 */
public interface PrefixIndex {
    /**
     * An owner's blocks changed. Where another writer is at work, that one may be left to do it, soon and in order.
     *
     * <p>Blocks stored after a parent that the owner has on no tier are not taken up: something was lost before them, and
     * nobody could reach them. {@code Lost} is a {@link #clear}.
     */
    void on(int owner, KvEvent event);

    /** The owner no longer holds anything; done when this returns. */
    void clear(int owner);

    /**
     * The owner is expected to hold a prompt's blocks, from the first on. Reported as {@code DEVICE} until the deadline
     * and not from then on, whatever else happens. A block that the owner itself said it has on the device needs no
     * prediction and gets none.
     *
     * @param deadlineNanos by the clock that the index was given
     */
    void predict(int owner, BlockHashes blocks, long deadlineNanos);

    /** No prediction, or none that can be told at once. */
    long NOT_PREDICTED = Long.MIN_VALUE;

    /** The deadline of a block predicted of an owner, or {@link #NOT_PREDICTED}, also where a writer is at work. */
    long deadline(int owner, long sequence);

    /** How much of a prompt each owner holds. */
    void find(BlockHashes prompt, PrefixHits hits);

    /** The same from hashes that the caller uses again. */
    void find(BlockHashBuffer prompt, PrefixHits hits);

    /** The same from local hashes alone; the others are computed where they are needed. */
    void find(long[] localHashes, PrefixHits hits);

    /** Distinct blocks known. */
    long blocks();

    /** Blocks given up so far since nobody held them any more. */
    long reclaimed();

    /** Memory in use, in bytes; never more than the limit given at the start. */
    long bytes();

    /** Blocks of this owner's that were stored and not taken up for want of room, so far. */
    long leftOut(int owner);

    /** Whether there is room again for what was left out. */
    boolean hasRoom();

    /** Returns when everything that {@link #on} was told before has been done. */
    void settle();
}
