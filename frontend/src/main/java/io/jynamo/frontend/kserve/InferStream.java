package io.jynamo.frontend.kserve;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.RequestBody;
import io.jynamo.frontend.kserve.CallExchange.Seat;
import io.jynamo.frontend.kserve.wire.InferParameter;
import io.jynamo.frontend.kserve.wire.ModelInferResponse;
import io.jynamo.frontend.kserve.wire.ModelStreamInferResponse;
import io.jynamo.protocol.ErrorCode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One ModelStreamInfer: requests that come one after the other and run beside each other, their responses told apart by the
 * requests' ids. A request that fails says so in its response; the stream goes on. Event loop only.
 */
final class InferStream extends ServerCall.Listener<byte[]> {
    /** Requests of one stream that run at one time; the next is read when one has ended. */
    private static final int MOST_RUNNING = 32;

    static final String ERROR_CODE = "jynamo_error_code";

    private final ServerCall<byte[], ModelStreamInferResponse> call;
    private final Metadata metadata;
    private final CallDoor door;
    private final Seat seat;
    private final InferService service;
    private final InboundBudget.Arriving arriving;
    private final long readTimeoutNanos;
    private final Runnable onOver;
    private final Runnable clock;
    private final Set<Outlet> running = new LinkedHashSet<>();
    private long arrivingSinceNanos;
    private boolean asleep;
    private boolean halfClosed;
    private boolean over;
    private @Nullable Answer stopping;

    /** @param onOver told once, when the call is over */
    InferStream(
            ServerCall<byte[], ModelStreamInferResponse> call,
            Metadata metadata,
            CallDoor door,
            Seat seat,
            InferService service,
            long readTimeoutNanos,
            Runnable onOver) {
        this.call = call;
        this.metadata = metadata;
        this.door = door;
        this.seat = seat;
        this.service = service;
        this.readTimeoutNanos = readTimeoutNanos;
        this.onOver = onOver;
        this.arriving = InboundBudget.ofCall();
        this.clock = seat.watchTime().apply(this::onTick);
        arriving.onFull(() -> seat.loop().execute(this::onFull));
        call.sendHeaders(new Metadata());
        call.request(1);
    }

    @Override
    public void onMessage(byte[] received) {
        if (over) {
            return;
        }
        if (!arriving.handOver(received.length)) {
            onFull();
            return;
        }
        Outlet outlet = new Outlet(MessageFacts.of(received));
        running.add(outlet);
        begin(outlet, service.body(received));
        if (running.size() < MOST_RUNNING) {
            call.request(1);
        } else {
            asleep = true;
        }
    }

    private void begin(Outlet outlet, RequestBody body) {
        CallDoor.Entry entry = door.work(call, metadata);
        Answer refusal = entry.refusal();
        if (refusal == null) {
            outlet.exchange = service.begin(InferService.head(call, metadata), body, entry.visit(), seat, outlet, true);
            return;
        }
        body.release();
        entry.visit().onAnswer(refusal.status(), (name, value) -> {});
        entry.visit().onOver();
        outlet.fail(refusal, new Metadata());
    }

    private void onFull() {
        close(CallErrors.FORM.answer(
                ErrorCode.OVERLOADED, "The server holds as many bytes of requests as it may; try again shortly."));
    }

    /** A message that never becomes whole would hold its memory for ever. */
    private void onTick(long nowNanos) {
        if (arriving.isEmpty()) {
            arrivingSinceNanos = 0;
        } else if (arrivingSinceNanos == 0) {
            arrivingSinceNanos = nowNanos;
        } else if (nowNanos - arrivingSinceNanos > readTimeoutNanos && !asleep) {
            close(CallErrors.FORM.answer(ErrorCode.REQUEST_TIMEOUT, "A request did not arrive in time."));
        }
    }

    /** Ends the call once nothing of it runs, for the server stops. */
    void stop() {
        stopping = CallErrors.FORM.answer(ErrorCode.NOT_READY, "The server stopped.");
        endIfIdle();
    }

    private void endIfIdle() {
        Answer why = stopping;
        if (over || !running.isEmpty()) {
            return;
        }
        if (why != null) {
            close(why);
        } else if (halfClosed) {
            leave();
            call.close(Status.OK, new Metadata());
        }
    }

    /** Ends the call with whatever runs on it. */
    private void close(Answer failure) {
        if (!over) {
            leave();
            call.close(CallErrors.status(failure), CallErrors.trailers(failure));
        }
    }

    private void leave() {
        over = true;
        clock.run();
        onOver.run();
        for (Outlet outlet : List.copyOf(running)) {
            CallExchange exchange = outlet.exchange;
            if (exchange != null) {
                exchange.onGone();
            }
        }
        running.clear();
    }

    @Override
    public void onHalfClose() {
        halfClosed = true;
        endIfIdle();
    }

    @Override
    public void onCancel() {
        if (!over) {
            leave();
        }
    }

    @Override
    public void onReady() {
        for (Outlet outlet : List.copyOf(running)) {
            CallExchange exchange = outlet.exchange;
            if (exchange != null) {
                exchange.onReady();
            }
        }
    }

    /** The responses of one of its requests. */
    private final class Outlet implements InferOutlet {
        private final MessageFacts facts;
        private @Nullable CallExchange exchange;

        Outlet(MessageFacts facts) {
            this.facts = facts;
        }

        @Override
        public boolean isReady() {
            return call.isReady();
        }

        @Override
        public void begin(Metadata headers) {
            // The call's were sent when it began.
        }

        @Override
        public void send(ModelInferResponse response) {
            if (!over) {
                call.sendMessage(ModelStreamInferResponse.newBuilder()
                        .setInferResponse(response)
                        .build());
            }
        }

        @Override
        public void fail(Answer failure, Metadata headers) {
            if (!over) {
                String code = CallErrors.code(failure).id();
                var response = ModelInferResponse.newBuilder()
                        .setModelName(facts.model())
                        .setId(facts.id())
                        .putParameters(
                                ERROR_CODE,
                                InferParameter.newBuilder().setStringParam(code).build());
                call.sendMessage(ModelStreamInferResponse.newBuilder()
                        .setErrorMessage(CallErrors.message(failure))
                        .setInferResponse(TextTensors.mark(response, true))
                        .build());
            }
            end();
        }

        @Override
        public void end() {
            if (running.remove(this) && !over) {
                if (asleep) {
                    asleep = false;
                    call.request(1);
                }
                endIfIdle();
            }
        }
    }
}
