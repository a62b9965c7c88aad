package io.jynamo.runtime.session;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.MediaChat;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.Usage;
import io.jynamo.runtime.wire.OutputMessages;
import io.jynamo.runtime.wire.RequestMessages;
import io.jynamo.runtime.wire.v1.Cancel;
import io.jynamo.runtime.wire.v1.ClientFrame;
import io.jynamo.runtime.wire.v1.Credit;
import io.jynamo.runtime.wire.v1.Delta;
import io.jynamo.runtime.wire.v1.StreamOutput;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way to a remote worker and its output on its way back. Everything happens on the worker's event loop;
 * the generation's methods go there.
 *
 * <p>It ends once, whatever the worker does: by its end, with the session, after its deadline, or some time after it was
 * cancelled.
 */
final class RemoteStream implements Generation, SessionStream {
    private static final System.Logger LOG = System.getLogger(RemoteStream.class.getName());
    /** What the worker has to say that a deadline has passed before we do. */
    private static final Duration DEADLINE_GRACE = Duration.ofSeconds(1);

    private final RemoteWorker worker;
    private final GenerationRequest request;
    private final OutputSink sink;
    private final long deadlineNanos;
    private int number;
    private @Nullable ClientSession session;
    private boolean cancelled;
    private long cancelledNanos;
    private boolean ended;
    private int output;

    RemoteStream(RemoteWorker worker, GenerationRequest request, OutputSink sink) {
        this.worker = worker;
        this.request = request;
        this.sink = sink;
        long limit = Math.min(request.timeLimit().toNanos(), Duration.ofDays(30).toNanos());
        this.deadlineNanos = System.nanoTime() + limit + DEADLINE_GRACE.toNanos();
    }

    void begin() {
        ClientSession now = worker.session();
        if (now == null) {
            end(new GenerationEnd(nothing(), worker.lostFailure(worker.lastFailure())));
            return;
        }
        if (cancelled) {
            end(new GenerationEnd(nothing(), null));
            return;
        }
        MediaChat chat = request.chat();
        if (chat != null && chat.mediaBytes() > worker.mostMediaBytes()) {
            end(new GenerationEnd(
                    nothing(),
                    new GenerationEnd.Failure(
                            ErrorCode.MEDIA_TOO_LARGE,
                            "media of " + chat.mediaBytes() + " bytes together are more than the "
                                    + worker.mostMediaBytes() + " that go to a worker in another process")));
            return;
        }
        session = now;
        number = now.add(this);
        now.send(ClientFrame.newBuilder().setStart(RequestMessages.message(number, request)));
    }

    @Override
    public void cancel() {
        worker.onLoop(() -> {
            if (!cancelled && !ended) {
                cancelled = true;
                cancelledNanos = System.nanoTime();
                send(ClientFrame.newBuilder().setCancel(Cancel.newBuilder().setStream(number)));
            }
        });
    }

    @Override
    public void cancel(int choice) {
        if (choice < 0 || choice >= request.choices()) {
            throw new IllegalArgumentException("the request has " + request.choices() + " choices, not " + choice);
        }
        worker.onLoop(() -> send(ClientFrame.newBuilder()
                .setCancel(Cancel.newBuilder().setStream(number).setChoice(choice))));
    }

    @Override
    public void grant(int tokens) {
        if (tokens < 0) {
            throw new IllegalArgumentException("credit cannot be taken back: " + tokens);
        }
        worker.onLoop(() -> send(ClientFrame.newBuilder()
                .setCredit(Credit.newBuilder().setStream(number).setTokens(tokens))));
    }

    private void send(ClientFrame.Builder frame) {
        ClientSession now = session;
        if (now != null && !ended) {
            now.send(frame);
        }
    }

    @Override
    public void on(StreamOutput news) {
        try {
            if (news.hasPrompt()) {
                sink.onPrompt(
                        news.getPrompt().getCachedTokens(),
                        OutputMessages.logprobs(news.getPrompt().getLogprobsList()));
            }
            for (Delta delta : news.getDeltasList()) {
                if (delta.getChoice() < 0 || delta.getChoice() >= request.choices()) {
                    throw new IllegalArgumentException("choice " + delta.getChoice() + " of " + request.choices());
                }
                output += delta.getTokensCount();
                sink.onDelta(OutputMessages.delta(delta));
            }
        } catch (RuntimeException defect) {
            LOG.log(System.Logger.Level.ERROR, "output of request " + request.id() + " could not be taken", defect);
            cancel();
            end(new GenerationEnd(
                    nothing(), new GenerationEnd.Failure(ErrorCode.INTERNAL, "output could not be taken: " + defect)));
            return;
        }
        if (news.hasEnd()) {
            end(OutputMessages.end(news.getEnd()));
        }
    }

    @Override
    public void watch(long nowNanos, Duration cancelling) {
        if (cancelled && nowNanos - cancelledNanos > cancelling.toNanos()) {
            end(new GenerationEnd(usage(), null));
        } else if (nowNanos - deadlineNanos > 0) {
            cancel();
            end(new GenerationEnd(
                    usage(),
                    new GenerationEnd.Failure(
                            ErrorCode.DEADLINE_EXCEEDED,
                            "worker " + worker.id() + " did not end the request at its deadline")));
        }
    }

    /** The one end. */
    void end(GenerationEnd how) {
        if (ended) {
            return;
        }
        ended = true;
        ClientSession was = session;
        if (was != null) {
            was.remove(number);
        }
        try {
            sink.onFinished(how);
        } catch (RuntimeException defect) {
            LOG.log(System.Logger.Level.ERROR, "the end of request " + request.id() + " could not be taken", defect);
        }
    }

    @Override
    public void lose(GenerationEnd.Failure failure) {
        end(new GenerationEnd(usage(), cancelled ? null : failure));
    }

    private Usage nothing() {
        return new Usage(request.prompt().count(), 0, 0);
    }

    private Usage usage() {
        return new Usage(request.prompt().count(), 0, output);
    }
}
