package io.jynamo.engine.constrain;

import java.time.Duration;

/** A time after which the thread that works under it is interrupted, unless it is closed before; closed, the thread is not interrupted. */
final class Patience implements AutoCloseable {
    private final Thread worker = Thread.currentThread();
    private final Thread clock;
    private boolean over;

    private Patience(Duration limit) {
        clock = Thread.startVirtualThread(() -> end(limit));
    }

    /** With the calling thread, which closes it too. */
    static Patience of(Duration limit) {
        return new Patience(limit);
    }

    private void end(Duration limit) {
        try {
            Thread.sleep(limit);
        } catch (InterruptedException closed) {
            return;
        }
        synchronized (this) {
            if (!over) {
                worker.interrupt();
            }
        }
    }

    @Override
    public synchronized void close() {
        over = true;
        clock.interrupt();
        Thread.interrupted();
    }
}
