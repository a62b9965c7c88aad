package io.jynamo.frontend.media;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.concurrent.atomic.AtomicLong;

/** The memory that media of all requests may take, as they arrive and until their requests end. */
public final class MediaBudget {
    private final long most;
    private final long mostOfOne;
    private final AtomicLong held = new AtomicLong();

    MediaBudget(MediaLimits limits) {
        this.most = limits.maxHeldBytes() - limits.maxKeptBytes();
        this.mostOfOne = limits.maxRequestBytes();
    }

    /** Bytes that are held now. */
    public long held() {
        return held.get();
    }

    public Lease open() {
        return new Lease();
    }

    /** What one request holds of it. */
    public final class Lease implements AutoCloseable {
        private long bytes;
        private boolean closed;

        private Lease() {}

        /**
         * Takes more.
         *
         * @throws MediaRefusal MEDIA_TOO_LARGE when the request holds too much
         * @throws JynamoException OVERLOADED when others hold too much, or the lease is closed
         */
        synchronized void take(long more) {
            if (bytes + more > mostOfOne) {
                throw MediaRefusal.tooLarge(
                        "is beyond the " + mostOfOne + " bytes of media that a request may have together");
            }
            if (closed || held.addAndGet(more) > most) {
                if (!closed) {
                    held.addAndGet(-more);
                }
                throw new JynamoException(
                        ErrorCode.OVERLOADED,
                        "media of other requests fill the memory that there is for them; try again shortly");
            }
            bytes += more;
        }

        /** Gives all of it back, once. */
        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                held.addAndGet(-bytes);
            }
        }
    }
}
