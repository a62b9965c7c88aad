package io.jynamo.frontend.kserve;

import io.grpc.Metadata;
import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.ErrorForm;
import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.http.ExchangeListener;
import io.jynamo.frontend.http.RequestBody;
import io.jynamo.frontend.http.RequestHead;
import io.jynamo.frontend.keys.Visit;
import io.jynamo.frontend.kserve.wire.ModelInferResponse;
import io.jynamo.protocol.ErrorCode;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One request to infer and its responses, over a gRPC call. {@link #respond} takes failures, and whole answers that it makes
 * tensors of; what comes bit by bit comes as responses.
 */
final class CallExchange implements Exchange {
    private final RequestHead head;
    private final RequestBody body;
    private final Visit visit;
    private final Seat seat;
    private final InferOutlet outlet;
    private final long arrivedNanos = System.nanoTime();
    private final Runnable clock;
    private Function<Answer, ModelInferResponse> whole = answer -> {
        throw new IllegalStateException("nothing here makes tensors of an answer");
    };
    private @Nullable ExchangeListener listener;
    private boolean begun;
    private boolean open = true;
    private long deafSinceNanos;

    /** The loop that a call lives on, with its clock, and for how long its client may read nothing. */
    record Seat(EventLoop loop, Function<LongConsumer, Runnable> watchTime, long patienceNanos) {}

    CallExchange(RequestHead head, RequestBody body, Visit visit, Seat seat, InferOutlet outlet) {
        this.head = head;
        this.body = body;
        this.visit = visit;
        this.seat = seat;
        this.outlet = outlet;
        this.clock = seat.watchTime().apply(this::onTick);
    }

    /** Has tensors made of whole answers. */
    void onWhole(Function<Answer, ModelInferResponse> maker) {
        whole = maker;
    }

    /** Sends a response, after which others follow. */
    void send(ModelInferResponse response) {
        if (open) {
            begin();
            say(response);
        }
    }

    /** Sends the last response, if there is one left, and ends. */
    void complete(@Nullable ModelInferResponse last) {
        if (!open) {
            return;
        }
        begin();
        close();
        if (last != null) {
            say(last);
        }
        visit.onOver(); // before the client can know, and come again
        outlet.end();
    }

    private void begin() {
        if (!begun) {
            begun = true;
            outlet.begin(told(200));
        }
    }

    private void say(ModelInferResponse response) {
        if (!visit.equals(Visit.NONE)) {
            byte[] bytes = response.toByteArray();
            visit.onWritten(bytes, bytes.length);
        }
        outlet.send(response);
    }

    /** Headers that tell what its key has left. */
    private Metadata told(int status) {
        Metadata headers = new Metadata();
        visit.onAnswer(status, (name, value) -> headers.put(CallErrors.ascii(name), value));
        return headers;
    }

    private void close() {
        open = false;
        body.release();
        clock.run();
    }

    @Override
    public void respond(Answer answer) {
        if (seat.loop().inEventLoop()) {
            answered(answer);
        } else {
            seat.loop().execute(() -> answered(answer));
        }
    }

    private void answered(Answer answer) {
        if (!open) {
            return;
        }
        if (answer.status() == 200) {
            complete(whole.apply(answer));
            return;
        }
        close();
        Metadata headers = begun ? new Metadata() : told(answer.status());
        visit.onOver();
        outlet.fail(answer, headers);
    }

    /** The call is over without us: its client left, or its time ran out. */
    void onGone() {
        if (!open) {
            return;
        }
        close();
        ExchangeListener to = listener;
        if (to != null) {
            to.onGone();
        }
        visit.onOver();
    }

    /** The call takes responses again. */
    void onReady() {
        deafSinceNanos = 0;
        ExchangeListener to = listener;
        if (open && to != null) {
            to.onWritable();
        }
    }

    private void onTick(long nowNanos) {
        if (outlet.isReady()) {
            deafSinceNanos = 0;
        } else if (deafSinceNanos == 0) {
            deafSinceNanos = nowNanos;
        } else if (nowNanos - deafSinceNanos > seat.patienceNanos()) {
            abort();
        }
        ExchangeListener to = listener;
        if (open && to != null) {
            to.onTick(nowNanos);
        }
    }

    @Override
    public void abort() {
        if (open) {
            onGone();
            outlet.fail(errors().answer(ErrorCode.CANCELLED, "The client read nothing for too long."), new Metadata());
        }
    }

    @Override
    public RequestHead head() {
        return head;
    }

    @Override
    public ErrorForm errors() {
        return CallErrors.FORM;
    }

    @Override
    public RequestBody body() {
        return body;
    }

    @Override
    public Visit visit() {
        return visit;
    }

    @Override
    public long arrivedNanos() {
        return arrivedNanos;
    }

    @Override
    public EventLoop loop() {
        return seat.loop();
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isWritable() {
        return outlet.isReady();
    }

    @Override
    public void listen(ExchangeListener to) {
        listener = to;
    }

    @Override
    public Runnable watchTime(LongConsumer onTick) {
        return seat.watchTime().apply(onTick);
    }

    @Override
    public void begin(int status, String contentType, List<Map.Entry<String, String>> headers) {
        throw noBytes();
    }

    @Override
    public void write(byte[] bytes, int count) {
        throw noBytes();
    }

    @Override
    public void flush() {
        throw noBytes();
    }

    @Override
    public void end() {
        throw noBytes();
    }

    private static IllegalStateException noBytes() {
        return new IllegalStateException("tensors are not streamed as bytes");
    }
}
