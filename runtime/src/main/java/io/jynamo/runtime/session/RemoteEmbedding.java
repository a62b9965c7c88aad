package io.jynamo.runtime.session;

import com.google.protobuf.ByteString;
import io.jynamo.protocol.EmbeddingCall;
import io.jynamo.protocol.EmbeddingRequest;
import io.jynamo.protocol.EmbeddingResult;
import io.jynamo.protocol.EmbeddingSink;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.runtime.wire.EmbeddingMessages;
import io.jynamo.runtime.wire.OutputMessages;
import io.jynamo.runtime.wire.v1.Cancel;
import io.jynamo.runtime.wire.v1.ClientFrame;
import io.jynamo.runtime.wire.v1.StreamOutput;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A request for vectors on its way to a remote worker, and its vectors on their way back. Everything happens on the worker's event
 * loop; {@link #cancel} goes there. It ends once, as a {@link RemoteStream} does.
 */
final class RemoteEmbedding implements EmbeddingCall, SessionStream {
    private static final System.Logger LOG = System.getLogger(RemoteEmbedding.class.getName());
    /** What the worker has to say that a deadline has passed before we do. */
    private static final Duration DEADLINE_GRACE = Duration.ofSeconds(1);

    private final RemoteWorker worker;
    private final EmbeddingRequest request;
    private final EmbeddingSink sink;
    private final int width;
    private final float[] numbers;
    private final long deadlineNanos;
    private int number;
    private int received;
    private @Nullable ClientSession session;
    private boolean cancelled;
    private long cancelledNanos;
    private boolean ended;

    /** @param width numbers of one vector, as the worker's card says */
    RemoteEmbedding(RemoteWorker worker, EmbeddingRequest request, EmbeddingSink sink, int width) {
        this.worker = worker;
        this.request = request;
        this.sink = sink;
        this.width = width;
        this.numbers = new float[Math.multiplyExact(request.texts().size(), width)];
        long limit = Math.min(request.timeLimit().toNanos(), Duration.ofDays(30).toNanos());
        this.deadlineNanos = System.nanoTime() + limit + DEADLINE_GRACE.toNanos();
    }

    void begin() {
        ClientSession now = worker.session();
        if (now == null) {
            end(new EmbeddingResult.Failed(worker.lostFailure(worker.lastFailure())));
            return;
        }
        if (cancelled) {
            end(wasCancelled());
            return;
        }
        session = now;
        number = now.add(this);
        now.send(ClientFrame.newBuilder().setEmbed(EmbeddingMessages.message(number, request)));
    }

    @Override
    public void cancel() {
        worker.onLoop(this::cancelOnLoop);
    }

    private void cancelOnLoop() {
        if (cancelled || ended) {
            return;
        }
        cancelled = true;
        cancelledNanos = System.nanoTime();
        ClientSession now = session;
        if (now != null) {
            now.send(ClientFrame.newBuilder().setCancel(Cancel.newBuilder().setStream(number)));
        }
    }

    @Override
    public void on(StreamOutput news) {
        try {
            for (ByteString piece : news.getVectorsList()) {
                received = EmbeddingMessages.read(piece, numbers, received);
            }
        } catch (IllegalArgumentException tooMuch) {
            cancelOnLoop();
            end(broken(String.valueOf(tooMuch.getMessage())));
            return;
        }
        if (news.hasEnd()) {
            GenerationEnd told = OutputMessages.end(news.getEnd());
            if (told.failure() != null) {
                end(new EmbeddingResult.Failed(told.failure()));
            } else if (received == numbers.length) {
                end(new EmbeddingResult.Vectors(width, numbers, told.usage().prompt()));
            } else {
                end(cancelled ? wasCancelled() : broken(received + " numbers of " + numbers.length));
            }
        }
    }

    private EmbeddingResult broken(String how) {
        return new EmbeddingResult.Failed(worker.lostFailure("its vectors are not whole: " + how));
    }

    private static EmbeddingResult wasCancelled() {
        return new EmbeddingResult.Failed(ErrorCode.CANCELLED, "the request was cancelled");
    }

    @Override
    public void watch(long nowNanos, Duration cancelling) {
        if (cancelled && nowNanos - cancelledNanos > cancelling.toNanos()) {
            end(wasCancelled());
        } else if (nowNanos - deadlineNanos > 0) {
            cancelOnLoop();
            end(new EmbeddingResult.Failed(
                    ErrorCode.DEADLINE_EXCEEDED, "worker " + worker.id() + " did not end the request at its deadline"));
        }
    }

    @Override
    public void lose(GenerationEnd.Failure failure) {
        end(cancelled ? wasCancelled() : new EmbeddingResult.Failed(failure));
    }

    /** The one end. */
    void end(EmbeddingResult result) {
        if (ended) {
            return;
        }
        ended = true;
        ClientSession was = session;
        if (was != null) {
            was.remove(number);
        }
        try {
            sink.onResult(result);
        } catch (RuntimeException defect) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "the vectors of request " + request.id() + " could not be taken",
                    defect);
        }
    }
}
