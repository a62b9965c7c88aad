package io.jynamo.frontend.files;

import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.http.ExchangeListener;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * Sends a file's bytes as its client takes them: a thread reads, the event loop writes, and the next piece is read when the
 * connection takes more. A client that takes nothing for the idle timeout is cut off, as everywhere.
 */
final class ContentSender implements ExchangeListener {
    private static final System.Logger LOG = System.getLogger(ContentSender.class.getName());
    private static final int PIECE_BYTES = 1 << 16;

    private final Exchange exchange;
    private final Path file;
    private final Semaphore turn = new Semaphore(1);
    private volatile boolean gone;
    private boolean waits;

    ContentSender(Exchange exchange, Path file) {
        this.exchange = exchange;
        this.file = file;
    }

    /** Sends all of it, on a thread that may wait. */
    void run() {
        exchange.loop().execute(() -> exchange.listen(this));
        try (InputStream in = Files.newInputStream(file)) {
            boolean begun = false;
            byte[] piece = in.readNBytes(PIECE_BYTES);
            while (!begun || piece.length > 0) {
                turn.acquire();
                if (gone) {
                    return;
                }
                byte[] now = piece;
                boolean first = !begun;
                exchange.loop().execute(() -> send(now, first));
                begun = true;
                piece = in.readNBytes(PIECE_BYTES);
            }
            turn.acquire();
            exchange.loop().execute(exchange::end);
        } catch (IOException failed) {
            LOG.log(System.Logger.Level.WARNING, "a file cannot be sent", failed);
            exchange.loop().execute(exchange::abort);
        } catch (InterruptedException stopped) {
            exchange.loop().execute(exchange::abort);
            Thread.currentThread().interrupt();
        }
    }

    private void send(byte[] piece, boolean first) {
        if (!exchange.isOpen()) {
            onGone(); // it was gone before anybody listened
            return;
        }
        if (first) {
            exchange.begin(200, "application/octet-stream", List.of());
        }
        exchange.write(piece, piece.length);
        exchange.flush();
        if (exchange.isWritable()) {
            turn.release();
        } else {
            waits = true;
        }
    }

    @Override
    public void onGone() {
        gone = true;
        turn.release();
    }

    @Override
    public void onWritable() {
        if (waits) {
            waits = false;
            turn.release();
        }
    }

    @Override
    public void onTick(long nowNanos) {}
}
