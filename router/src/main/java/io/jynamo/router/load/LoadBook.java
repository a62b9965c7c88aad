package io.jynamo.router.load;

import io.jynamo.protocol.OthersLoad;
import io.jynamo.protocol.Turnover;
import io.jynamo.router.Placement;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one worker was given and has not finished. Exact: every booking is taken back once, whatever its request comes
 * to, and an empty book is zero in every column. Any thread.
 */
public final class LoadBook {
    private static final long[] NO_BLOCKS = new long[0];

    private final int blockTokens;
    private final LongSupplier nanoTime;
    private final LoadColumns columns;
    private final int worker;
    private final Turnover turnover = new Turnover();
    private int requests;
    private long prefillTokens;
    private int hashedBlocks;
    private long extraBlocks;
    private OthersLoad others = OthersLoad.NONE;
    private @Nullable Runnable emptied;

    /** An empty book of one worker alone. */
    public LoadBook(int blockTokens, LongSupplier nanoTime) {
        this(blockTokens, nanoTime, new LoadColumns(), 0);
    }

    /**
     * An empty book.
     *
     * @param blockTokens tokens per KV block
     * @param nanoTime the time, read when a booking ends
     * @param columns the fleet's, in which it keeps its balance, others' load included
     * @param worker its place there; reserved before
     */
    public LoadBook(int blockTokens, LongSupplier nanoTime, LoadColumns columns, int worker) {
        this.blockTokens = blockTokens;
        this.nanoTime = nanoTime;
        this.columns = columns;
        this.worker = worker;
        publish();
    }

    /**
     * The book at one moment.
     *
     * @param requests running or waiting, each choice counted
     * @param prefillTokens prompt tokens not yet computed
     * @param blocks distinct blocks of full prompt blocks, and those of tails and output
     */
    public record Balance(int requests, long prefillTokens, long blocks) {
        public static final Balance EMPTY = new Balance(0, 0, 0);
    }

    /** What is booked here. */
    public synchronized Balance balance() {
        return new Balance(requests, prefillTokens, hashedBlocks + extraBlocks);
    }

    /** Prompt tokens that are booked here and not yet computed. */
    public synchronized long prefillTokens() {
        return prefillTokens;
    }

    /** What others than this router have given the worker, as it was last heard; is chosen by until heard anew. */
    public synchronized void others(OthersLoad heard) {
        if (!heard.equals(others)) {
            others = heard;
            publish();
        }
    }

    /** What others have given it, as it was last heard. */
    public synchronized OthersLoad others() {
        return others;
    }

    /** Writes the balance into the fleet's columns, after these were made longer. */
    public synchronized void publish() {
        columns.set(
                worker,
                prefillTokens + others.prefillTokens(),
                hashedBlocks + extraBlocks + others.blocks(),
                requests + others.requests());
    }

    /** Runs {@code then} once no booking is open, at once if none is; nothing is booked from now on. */
    public void whenEmpty(Runnable then) {
        synchronized (this) {
            if (requests > 0) {
                emptied = then;
                return;
            }
        }
        then.run();
    }

    /** When the next of its bookings is likely to end, or null before two did. */
    public synchronized @Nullable Duration untilNext() {
        return turnover.untilNext(nanoTime.getAsLong());
    }

    /** How many leading blocks of a prompt its requests hold already. */
    public synchronized int sharedBlocks(long[] sequences) {
        return columns.active().depth(worker, sequences, sequences.length);
    }

    /** What a request brings, read while it is booked; the next one may be written over it. One thread at a time. */
    public static final class Load {
        private long[] sequences = NO_BLOCKS;
        private int blocks;
        private int promptTokens;
        private int prefillTokens;
        private int choices;

        /** Of nothing, until it is set. */
        public Load() {}

        /** With all hashes of the array. */
        public Load(long[] sequences, int promptTokens, int cachedTokens, int choices) {
            set(sequences, sequences.length, promptTokens, cachedTokens, choices);
        }

        /**
         * Becomes what another request brings.
         *
         * @param hashes of its full prompt blocks; not copied
         * @param hashed how many of them; none where the policy does not hash
         * @param prompt its tokens
         * @param cached of those, what the worker need not compute
         * @param continuations of the prompt
         */
        public void set(long[] hashes, int hashed, int prompt, int cached, int continuations) {
            sequences = hashes;
            blocks = hashed;
            promptTokens = prompt;
            prefillTokens = Math.max(0, prompt - cached);
            choices = continuations;
        }

        /** Of the prompt, what the worker computes. */
        public int prefillTokens() {
            return prefillTokens;
        }
    }

    /** Books a request. */
    public Placement.Booking book(Load load) {
        return new Booked(this, load);
    }

    /** A request on a book, until it is released; the hashed blocks that it holds are part of it, so it is one object. */
    public static class Booked extends ActiveBlocks.Held implements Placement.Booking {
        private final LoadBook book;
        private final int promptTokens;
        private final int choices;
        private int prefill;
        private int blocks;
        private long outputTokens;
        private boolean released;

        /** Books a request. */
        @SuppressWarnings("this-escape") // only to where what it holds is written down, which is ready by then
        protected Booked(LoadBook book, Load load) {
            this.book = book;
            promptTokens = load.promptTokens;
            choices = load.choices;
            prefill = load.prefillTokens;
            enter(load);
        }

        private void enter(Load load) {
            synchronized (book) {
                book.requests += choices;
                book.prefillTokens += prefill;
                book.hashedBlocks += book.columns.active().add(book.worker, load.sequences, load.blocks, this);
                blocks = extraBlocks();
                book.extraBlocks += blocks;
                book.publish();
            }
        }

        /** The book it is on. */
        protected final LoadBook book() {
            return book;
        }

        /** The time by the book's clock, nanoseconds. */
        protected final long now() {
            return book.nanoTime.getAsLong();
        }

        /** Whether its request has ended. */
        protected final boolean isReleased() {
            synchronized (book) {
                return released;
            }
        }

        @Override
        public void onPrefilled() {
            synchronized (book) {
                book.prefillTokens -= prefill;
                prefill = 0;
                book.publish();
            }
        }

        @Override
        public void onTokens(int tokens) {
            synchronized (book) {
                if (released || tokens <= 0) {
                    return;
                }
                outputTokens += tokens;
                int now = extraBlocks();
                if (now != blocks) {
                    book.extraBlocks += now - blocks;
                    blocks = now;
                    book.publish();
                }
            }
        }

        @Override
        public void release() {
            end();
        }

        /** Releases it; gives whether this was the first call, the one that counts. */
        protected final boolean end() {
            Runnable then;
            synchronized (book) {
                if (released) {
                    return false;
                }
                released = true;
                book.requests -= choices;
                book.prefillTokens -= prefill;
                prefill = 0;
                book.hashedBlocks -= book.columns.active().remove(this);
                book.extraBlocks -= blocks;
                blocks = 0;
                book.publish();
                book.turnover.onEnd(now(), book.requests > 0);
                then = book.requests == 0 ? book.emptied : null;
            }
            if (then != null) {
                then.run();
            }
            return true;
        }

        /** Blocks beside the hashed ones: the prompt's tail and all output. */
        private int extraBlocks() {
            return Math.toIntExact(Math.ceilDiv(promptTokens + outputTokens, book.blockTokens)) - length();
        }
    }
}
