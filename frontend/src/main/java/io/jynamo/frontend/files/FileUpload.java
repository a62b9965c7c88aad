package io.jynamo.frontend.files;

import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.BodySink;
import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.keys.Owner;
import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.UncheckedIOException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One upload under way: the event loop hands pieces over, a thread of its own reads and writes them. What lies between the two
 * is bounded: beyond it the connection is not read.
 */
final class FileUpload implements BodySink, Runnable {
    private static final System.Logger LOG = System.getLogger(FileUpload.class.getName());
    private static final int MOST_WAITING_BYTES = 1 << 18;

    /** What the event loop hands over. */
    private sealed interface Piece {
        @SuppressWarnings("ArrayRecordComponent") // handed from one thread to another
        record Bytes(byte[] bytes) implements Piece {}

        record End() implements Piece {}

        record Abandoned() implements Piece {}
    }

    private final Exchange exchange;
    private final FileStore store;
    private final Owner owner;
    private final @Nullable String boundary;
    private final Runnable readOn;
    private final Runnable onOver;
    private final LinkedBlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
    private final AtomicInteger waitingBytes = new AtomicInteger();
    private final AtomicBoolean paused = new AtomicBoolean();
    private volatile @Nullable Throwable failure;
    /** Of the writing thread alone. */
    private boolean whole;

    /**
     * An upload that {@link #run} on a thread writes down.
     *
     * @param boundary of its form, or null where it has none
     * @param onOver told once, when it takes nothing any more
     */
    FileUpload(
            Exchange exchange,
            FileStore store,
            Owner owner,
            @Nullable String boundary,
            Runnable readOn,
            Runnable onOver) {
        this.exchange = exchange;
        this.store = store;
        this.owner = owner;
        this.boundary = boundary;
        this.readOn = readOn;
        this.onOver = onOver;
    }

    @Override
    public Wish take(byte[] part) {
        if (failure != null) {
            return Wish.STOP;
        }
        pieces.add(new Piece.Bytes(part));
        if (waitingBytes.addAndGet(part.length) <= MOST_WAITING_BYTES) {
            return Wish.GO_ON;
        }
        paused.set(true);
        // The writer may have caught up before it could see that.
        boolean caughtUp = waitingBytes.get() <= MOST_WAITING_BYTES && paused.compareAndSet(true, false);
        return caughtUp ? Wish.GO_ON : Wish.WAIT;
    }

    @Override
    public Answer refusal() {
        Throwable why = failure;
        return answer(why == null ? new IllegalStateException("nothing is wrong with it") : why);
    }

    /** The body is whole; the exchange is answered. */
    void end() {
        pieces.add(new Piece.End());
    }

    @Override
    public void abandon() {
        pieces.add(new Piece.Abandoned());
    }

    @Override
    public void run() {
        FileDraft draft = null;
        try {
            draft = store.begin(owner);
            UploadForm form = new UploadForm(draft, store.limits().fileBytes());
            if (write(form)) {
                StoredFile file =
                        form.file(store.nowSeconds(), store.limits().window().toSeconds());
                draft.finish();
                store.adopt(draft.path(), file);
                draft = null;
                exchange.respond(FilesService.answer(file));
            }
        } catch (RuntimeException failed) {
            failure = failed;
            discard(draft); // at once, for the rest of the body may take its time
            draft = null;
            resume();
            if (awaitEnd()) {
                exchange.respond(answer(failed));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            exchange.respond(answer(new JynamoException(ErrorCode.NOT_READY, "The server is stopping.")));
        } finally {
            onOver.run();
            discard(draft);
        }
    }

    private static void discard(@Nullable FileDraft draft) {
        try {
            if (draft != null) {
                draft.discard();
            }
        } catch (UncheckedIOException stays) {
            LOG.log(System.Logger.Level.WARNING, "what came of an upload stays until the next start", stays);
        }
    }

    /** Reads the form to its end; false where the client is gone. */
    private boolean write(UploadForm form) throws InterruptedException {
        String dividing = boundary;
        if (dividing == null) {
            throw MultipartReader.broken("its Content-Type names no boundary");
        }
        MultipartReader reader = new MultipartReader(dividing, form);
        long untilSeconds = store.nowSeconds() + store.limits().uploadTime().toSeconds();
        while (true) {
            Piece piece = pieces.take(); // one comes, or the connection is given up for its silence
            if (store.nowSeconds() > untilSeconds) {
                throw new JynamoException(
                        ErrorCode.REQUEST_TIMEOUT,
                        "The upload did not arrive whole within "
                                + store.limits().uploadTime().toSeconds() + " s; send a smaller file, or faster.");
            }
            switch (piece) {
                case Piece.Abandoned gone -> {
                    return false;
                }
                case Piece.End end -> {
                    whole = true;
                    if (!reader.isWhole()) {
                        throw MultipartReader.broken("it ends before its last boundary");
                    }
                    return true;
                }
                case Piece.Bytes(byte[] bytes) -> {
                    reader.read(bytes, bytes.length);
                    if (waitingBytes.addAndGet(-bytes.length) <= MOST_WAITING_BYTES / 2) {
                        resume();
                    }
                }
            }
        }
    }

    private void resume() {
        if (paused.compareAndSet(true, false)) {
            readOn.run();
        }
    }

    /** After a failure: whether the body came to its end all the same, and an answer is wanted from here. */
    private boolean awaitEnd() {
        try {
            while (!whole) {
                switch (pieces.take()) {
                    case Piece.Bytes dropped -> {}
                    case Piece.End end -> whole = true;
                    case Piece.Abandoned gone -> {
                        return false;
                    }
                }
            }
            return true;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private Answer answer(Throwable failed) {
        if (failed instanceof UncheckedIOException disk) {
            LOG.log(System.Logger.Level.WARNING, "an upload could not be written", disk);
            exchange.visit().onFailure(ErrorCode.DISK_FULL);
            return exchange.errors()
                    .answer(ErrorCode.DISK_FULL, "The server cannot write the file down; its log has the reason.");
        }
        if (ErrorBody.code(failed) == ErrorCode.INTERNAL) {
            LOG.log(System.Logger.Level.ERROR, "an upload failed", failed);
        }
        exchange.visit().onFailure(ErrorBody.code(failed));
        return exchange.errors().answer(failed);
    }
}
