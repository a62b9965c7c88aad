package io.jynamo.frontend.kserve;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.RequestBody;
import io.jynamo.frontend.keys.Visit;
import io.jynamo.frontend.kserve.CallExchange.Seat;
import io.jynamo.frontend.kserve.wire.ModelInferResponse;
import io.jynamo.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/** One ModelInfer. Event loop only. */
final class InferCall extends ServerCall.Listener<byte[]> implements InferOutlet {
    private final ServerCall<byte[], ModelInferResponse> call;
    private final Metadata metadata;
    private final Visit visit;
    private final Seat seat;
    private final InferService service;
    private final InboundBudget.Arriving arriving;
    private final Runnable clock;
    private final long dueNanos;
    private @Nullable RequestBody message;
    private @Nullable CallExchange exchange;
    private boolean over;

    InferCall(
            ServerCall<byte[], ModelInferResponse> call,
            Metadata metadata,
            Visit visit,
            Seat seat,
            InferService service,
            long readTimeoutNanos) {
        this.call = call;
        this.metadata = metadata;
        this.visit = visit;
        this.seat = seat;
        this.service = service;
        this.arriving = InboundBudget.ofCall();
        this.dueNanos = System.nanoTime() + readTimeoutNanos;
        this.clock = seat.watchTime().apply(this::onTick);
        arriving.onFull(() -> seat.loop().execute(this::onFull));
        call.request(2); // a second one is a mistake that is told of
    }

    @Override
    public void onMessage(byte[] received) {
        if (message != null) {
            refuse(ErrorCode.INVALID_REQUEST, "ModelInfer takes one request.");
        } else if (arriving.handOver(received.length)) {
            message = service.body(received);
        } else {
            onFull();
        }
    }

    private void onFull() {
        refuse(ErrorCode.OVERLOADED, "The server holds as many bytes of requests as it may; try again shortly.");
    }

    @Override
    public void onHalfClose() {
        clock.run();
        RequestBody received = message;
        if (over) {
            return;
        }
        if (received == null) {
            refuse(ErrorCode.INVALID_REQUEST, "ModelInfer needs a request.");
            return;
        }
        exchange = service.begin(InferService.head(call, metadata), received, visit, seat, this, false);
    }

    private void onTick(long nowNanos) {
        if (nowNanos - dueNanos > 0) {
            refuse(ErrorCode.REQUEST_TIMEOUT, "The request did not arrive in time.");
        }
    }

    /** It is refused before there is an exchange. */
    private void refuse(ErrorCode code, String why) {
        if (!over && exchange == null) {
            forget();
            visit.onFailure(code);
            Answer refusal = CallErrors.FORM.answer(code, why);
            visit.onAnswer(refusal.status(), (name, value) -> {});
            visit.onOver();
            fail(refusal, new Metadata());
        }
    }

    private void forget() {
        clock.run();
        RequestBody received = message;
        if (received != null) {
            received.release();
        }
    }

    @Override
    public void onCancel() {
        over = true;
        CallExchange of = exchange;
        if (of != null) {
            of.onGone();
        } else {
            forget();
            visit.onOver();
        }
    }

    @Override
    public void onReady() {
        CallExchange of = exchange;
        if (of != null) {
            of.onReady();
        }
    }

    @Override
    public boolean isReady() {
        return call.isReady();
    }

    @Override
    public void begin(Metadata headers) {
        if (!over) {
            call.sendHeaders(headers);
        }
    }

    @Override
    public void send(ModelInferResponse response) {
        if (!over) {
            call.sendMessage(response);
        }
    }

    @Override
    public void end() {
        if (!over) {
            over = true;
            call.close(Status.OK, new Metadata());
        }
    }

    @Override
    public void fail(Answer failure, Metadata headers) {
        if (!over) {
            over = true;
            headers.merge(CallErrors.trailers(failure));
            call.close(CallErrors.status(failure), headers);
        }
    }
}
