package io.jynamo.engine.attached;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.FinishReason;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.Usage;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request at an engine: sends it, reads the answer and tells the sink, all in one virtual thread.
 *
 * <p><b>How it works.</b> Whoever holds the request leaves {@link Wishes} and, to end it, closes its connection, which wakes
 * the reader. While a choice is out of credit nothing is read: the socket's buffers fill and the engine's writes wait. The
 * answer is whole when every choice was told why it ended; a stream that ends sooner is a lost worker, whatever its last
 * words.
 */
final class OpenRequest implements Generation, Runnable {
    private static final System.Logger LOG = System.getLogger(OpenRequest.class.getName());
    private static final int MOST_ERROR_BYTES = 64 << 10;
    /** What may follow the end of an answer, for the connection to be used again. */
    private static final int MOST_REST_BYTES = 16 << 10;

    final GenerationRequest request;
    private final OutputSink sink;
    private final EngineLink link;
    private final Wishes wishes;
    private final long deadlineNanos;
    private volatile EngineHttp.@Nullable Exchange exchange;
    /** Since when the engine is waited for in the middle of its answer; 0 while it is not. */
    private volatile long waitingSinceNanos;

    private volatile @Nullable ScheduledFuture<?> watch;
    private volatile boolean ended;
    private volatile @Nullable Thread thread;

    // The reader's thread only.
    private boolean prompted;
    private boolean over;
    private boolean reusable = true;
    private boolean sinkBroke;
    private boolean tellsIds = true;
    private int cachedTokens;
    private int toldTokens;
    private int countedTokens;
    private int countedPromptTokens;
    private GenerationEnd.@Nullable Failure failure;

    OpenRequest(GenerationRequest request, OutputSink sink, EngineLink link) {
        this.request = request;
        this.sink = sink;
        this.link = link;
        wishes = new Wishes(request.choices(), request.credit());
        long limit = TimeUnit.NANOSECONDS.convert(request.timeLimit());
        deadlineNanos = System.nanoTime() + Math.clamp(limit, 0, Long.MAX_VALUE / 4);
    }

    @Override
    public void cancel() {
        end(Ending.CANCELLED);
    }

    @Override
    public void cancel(int choice) {
        if (wishes.drop(choice)) {
            end(Ending.CANCELLED);
        }
    }

    @Override
    public void grant(int tokens) {
        wishes.grant(tokens);
    }

    /** Ends it from our side: its connection is closed at once. */
    void end(Ending why) {
        EngineHttp.Exchange current = wishes.end(why) ? exchange : null;
        if (current != null) {
            current.end();
        }
    }

    /** Tells the sink that the request was not sent. */
    void refuse(GenerationEnd.Failure why) {
        try {
            sink.onFinished(new GenerationEnd(usage(), why));
        } catch (RuntimeException e) {
            sinkBroke(e);
        }
    }

    boolean isReadBy(Thread other) {
        return other.equals(thread);
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        link.load().onStart(request.prompt().count());
        onTimer();
        InputStream rest = null;
        try {
            rest = answer();
        } catch (MalformedAnswer | SseParser.TooLong e) {
            fail(
                    ErrorCode.WORKER_LOST,
                    "the engine at " + link.http().url() + " cannot be understood: " + e.getMessage());
        } catch (IOException e) {
            lost(e);
        } catch (InterruptedException e) {
            fail(ErrorCode.WORKER_LOST, "the worker was stopped");
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "request " + request.id() + " failed here", e);
            fail(ErrorCode.INTERNAL, "reading the engine's answer failed: " + e);
        } finally {
            finish();
            drop(rest);
            ended = true;
            ScheduledFuture<?> timer = watch;
            if (timer != null) {
                timer.cancel(false);
            }
        }
    }

    /** Reads the whole answer; what is left of its body afterwards is returned. */
    private @Nullable InputStream answer() throws IOException, InterruptedException {
        HttpResponse<InputStream> response = send(link.dialect().body(request));
        InputStream body = response.body();
        if (response.statusCode() != 200) {
            String text = new String(body.readNBytes(MOST_ERROR_BYTES), StandardCharsets.UTF_8);
            failure = EngineFailure.of(
                    link.http().url(),
                    response.statusCode(),
                    response.headers().firstValue("retry-after").orElse(null),
                    text);
            onRefused(failure);
            return body;
        }
        AnswerReader reader = link.dialect().reader(request);
        SseParser parser = new SseParser(link.maxEventBytes(), event -> {
            if (!over) {
                reader.onEvent(event, this::onPart);
            }
        });
        byte[] buffer = new byte[16 << 10];
        while (!over && wishes.ending() == null) {
            int count = read(body, buffer);
            if (count < 0) {
                parser.end();
                break;
            }
            parser.feed(buffer, 0, count);
        }
        if (failure == null && wishes.ending() == null && !wishes.allFinished()) {
            fail(ErrorCode.WORKER_LOST, "the engine at " + link.http().url() + " broke off its answer");
            link.vitality().onLost();
        }
        return body;
    }

    /**
     * The card names the model, and the worker its adapters, so one that the engine does not have was taken from it; another
     * worker may have it still.
     */
    private void onRefused(GenerationEnd.Failure refusal) {
        if (refusal.code() == ErrorCode.MODEL_NOT_FOUND) {
            link.suspectModel();
            failure = new GenerationEnd.Failure(ErrorCode.WORKER_LOST, refusal.message());
        }
    }

    /**
     * Sends the request. A connection that was kept may have been closed by the engine a moment ago, which looks like a lost
     * engine: it is tried once more, which asks a lost one for nothing, unless another model has come up in its place.
     */
    private HttpResponse<InputStream> send(byte[] body) throws IOException, InterruptedException {
        try {
            return sendOnce(body);
        } catch (ConnectException | HttpConnectTimeoutException e) {
            throw e;
        } catch (IOException e) {
            if (wishes.ending() != null || !isSameModel()) {
                throw e;
            }
            return sendOnce(body);
        }
    }

    private boolean isSameModel() {
        try {
            return link.isSameModel();
        } catch (JynamoException lost) {
            return false; // it says nothing, so that it has no use for a second request either
        }
    }

    private HttpResponse<InputStream> sendOnce(byte[] body) throws IOException, InterruptedException {
        EngineHttp.Exchange started = link.http().open(link.dialect().path(request), body);
        exchange = started;
        if (wishes.ending() != null) {
            started.end();
        }
        return started.await();
    }

    private int read(InputStream body, byte[] buffer) throws IOException {
        if (prompted) {
            waitingSinceNanos = System.nanoTime() | 1;
        }
        try {
            return body.read(buffer);
        } finally {
            waitingSinceNanos = 0;
        }
    }

    private void onPart(AnswerPart part) {
        if (over || wishes.ending() != null) {
            return;
        }
        tellDropped();
        switch (part) {
            case AnswerPart.Prompt prompt -> onPrompt(prompt);
            case AnswerPart.Output output -> onOutput(output.delta());
            case AnswerPart.Counted counted -> {
                cachedTokens = counted.cachedTokens() < 0 ? cachedTokens : cached(counted);
                countedPromptTokens = counted.promptTokens();
                countedTokens = counted.outputTokens();
            }
            case AnswerPart.Failed failed -> {
                failure = failed.failure();
                over = true;
            }
            case AnswerPart.Done done -> over = true;
            case AnswerPart.Enough enough -> {
                over = true;
                reusable = false;
            }
        }
    }

    /** An engine that counts a prompt otherwise, such as one with another tokenizer, means the same share of it. */
    private int cached(AnswerPart.Counted counted) {
        int ours = request.prompt().count();
        int theirs = counted.promptTokens();
        return theirs <= 0 || request.chat() != null || theirs == ours
                ? counted.cachedTokens()
                : (int) ((double) counted.cachedTokens() * ours / theirs);
    }

    private void onPrompt(AnswerPart.Prompt prompt) {
        if (prompted) {
            return;
        }
        prompted = true;
        cachedTokens = prompt.cachedTokens();
        link.load().onPrompt(request.prompt().count());
        tell(() -> sink.onPrompt(prompt.cachedTokens(), prompt.logprobs()));
    }

    private void onOutput(TokenDelta delta) {
        if (delta.choice() < 0 || delta.choice() >= request.choices()) {
            throw new MalformedAnswer("choice " + delta.choice() + " was not asked for");
        }
        onPrompt(new AnswerPart.Prompt(0, List.of()));
        if (delta.text() != null) {
            tellsIds = false;
        }
        if (wishes.isFinished(delta.choice())) {
            return;
        }
        if (!delta.tokens().isEmpty()) {
            link.vitality().onTokens();
        }
        try {
            deliver(delta);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            over = true;
            fail(ErrorCode.WORKER_LOST, "the worker was stopped");
        }
    }

    /** Tells new output, as far as there is credit; text is told whole, as nobody knows where its tokens end. */
    private void deliver(TokenDelta delta) throws InterruptedException {
        int count = delta.tokens().count();
        int told = 0;
        while (told < count) {
            int taken = wishes.take(delta.choice(), count - told);
            if (taken == 0) {
                tellDropped();
                return;
            }
            int until = delta.text() == null ? told + taken : count;
            tell(delta.choice(), piece(delta, told, until));
            told = until;
            if (wishes.ending() != null) {
                return;
            }
        }
        if (count == 0) {
            tell(delta.choice(), delta);
        }
    }

    private static TokenDelta piece(TokenDelta delta, int from, int to) {
        int count = delta.tokens().count();
        if (from == 0 && to == count) {
            return delta;
        }
        boolean last = to == count;
        return new TokenDelta(
                delta.choice(),
                delta.tokens().slice(from, to),
                delta.logprobs().size() == count ? delta.logprobs().subList(from, to) : List.of(),
                last ? delta.finish() : null,
                last ? delta.stopToken() : null);
    }

    private void tell(int choice, TokenDelta delta) {
        toldTokens += delta.tokens().count();
        if (delta.finish() != null) {
            wishes.finish(choice);
        }
        tell(() -> sink.onDelta(delta));
    }

    /** Tells choices that nobody wants that they ended. */
    private void tellDropped() {
        for (int choice = 0; choice < request.choices(); choice++) {
            if (wishes.isDropped(choice)) {
                tell(choice, ended(choice, FinishReason.CANCELLED));
            }
        }
    }

    private static TokenDelta ended(int choice, FinishReason why) {
        return new TokenDelta(choice, TokenIds.empty(), List.of(), why, null);
    }

    /** A sink that throws is told of nothing more but its end. */
    private void tell(Runnable words) {
        if (sinkBroke) {
            return;
        }
        try {
            words.run();
        } catch (RuntimeException e) {
            sinkBroke(e);
        }
    }

    private void sinkBroke(RuntimeException e) {
        LOG.log(System.Logger.Level.WARNING, "the sink of request " + request.id() + " failed", e);
        sinkBroke = true;
        cancel();
    }

    private void lost(IOException e) {
        if (wishes.ending() != null || wishes.allFinished()) {
            return;
        }
        link.vitality().onLost();
        fail(
                ErrorCode.WORKER_LOST,
                "the engine at " + link.http().url() + " was lost: " + EngineHttp.reason(e)
                        + (prompted ? " in the middle of its answer" : ""));
    }

    private void fail(ErrorCode code, String message) {
        if (failure == null) {
            failure = new GenerationEnd.Failure(code, message);
        }
    }

    private void finish() {
        Ending ending = wishes.ending();
        GenerationEnd.Failure why = ending == null ? failure : ending.failure();
        // All else of a body is of our making, and was looked through.
        if (why != null && why.code() == ErrorCode.INVALID_REQUEST && request.constraint() != null) {
            why = why.withParam(GenerationEnd.Failure.CONSTRAINT);
        }
        link.load().onEnd(request.prompt().count(), prompted);
        if (ending != null || prompted) {
            for (int choice = 0; choice < request.choices(); choice++) {
                if (!wishes.isFinished(choice)) {
                    boolean wanted = why != null && !wishes.isDropped(choice);
                    tell(choice, ended(choice, wanted ? FinishReason.ERROR : FinishReason.CANCELLED));
                }
            }
        }
        // Off the roster first: who hears of the end may at once start another of the same id.
        link.onEnd(this);
        try {
            sink.onFinished(new GenerationEnd(usage(), why));
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "the sink of request " + request.id() + " failed", e);
        } finally {
            link.onTold(this);
        }
    }

    /** Ids are counted as they were told, as by engines of ours; what text counts for, only its engine knows. */
    private Usage usage() {
        int output = tellsIds ? toldTokens : Math.max(toldTokens, countedTokens);
        boolean theirs = request.chat() != null && countedPromptTokens > 0; // what media become, only the engine knows
        return new Usage(theirs ? countedPromptTokens : request.prompt().count(), cachedTokens, output);
    }

    /** Reads what is left, so that the connection can be used again, or closes it. */
    private void drop(@Nullable InputStream body) {
        if (body == null) {
            return;
        }
        if (reusable && wishes.ending() == null) {
            try {
                body.readNBytes(MOST_REST_BYTES);
            } catch (IOException e) {
                // The answer was read before; only the connection is lost.
            }
        }
        EngineHttp.closeQuietly(body);
    }

    /** Looks whether the request's time ran out or its engine fell silent, and when to look again. */
    private void onTimer() {
        if (ended) {
            return; // it was about to look while the request ended
        }
        long now = System.nanoTime();
        if (now - deadlineNanos >= 0) {
            end(Ending.DEADLINE);
            return;
        }
        long waiting = waitingSinceNanos;
        long silence = link.silenceNanos();
        long left = waiting == 0 ? silence : silence - (now - waiting);
        if (left <= 0) {
            link.vitality().onSilence();
            end(Ending.SILENCE);
            return;
        }
        watch = link.later(this::onTimer, Math.min(deadlineNanos - now, left));
    }
}
