package io.jynamo.frontend.kserve;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.keys.Guest;
import io.jynamo.frontend.keys.KeyRing;
import io.jynamo.frontend.keys.KeyVisit;
import io.jynamo.frontend.keys.Visit;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets calls in: draining, key and the key's limits, in this order, each from the metadata alone.
 *
 * @param untilStopped asked while {@code draining}: when the server will have stopped
 */
public record CallDoor(KeyRing keys, BooleanSupplier draining, Supplier<Duration> untilStopped) {
    private static final Metadata.Key<String> AUTHORIZATION = CallErrors.ascii("authorization");
    private static final Metadata.Key<String> API_KEY = CallErrors.ascii("x-api-key");
    private static final Metadata.Key<String> REQUEST_ID = CallErrors.ascii("x-request-id");

    /**
     * Whoever came.
     *
     * @param refusal what it is told instead of an answer, or null
     */
    record Entry(Visit visit, @Nullable Answer refusal) {
        /** Of a call that is open to all. */
        static final Entry OPEN = new Entry(Visit.NONE, null);
    }

    /** A call that asks for something, but generates nothing. */
    Entry look(ServerCall<?, ?> call, Metadata metadata) {
        return enter(call, metadata, false);
    }

    /** A request to infer. */
    Entry work(ServerCall<?, ?> call, Metadata metadata) {
        return enter(call, metadata, true);
    }

    private Entry enter(ServerCall<?, ?> call, Metadata metadata, boolean work) {
        JynamoException refusal = work && draining.getAsBoolean()
                ? JynamoException.retryable(
                        ErrorCode.NOT_READY,
                        "The server is stopping; send the request to another one.",
                        untilStopped.get())
                : null;
        if (keys.isIdle()) {
            return new Entry(Visit.NONE, refusal == null ? null : CallErrors.FORM.answer(refusal));
        }
        KeyVisit visit = keys.visit(Guest.of(
                "GRPC",
                "/" + call.getMethodDescriptor().getFullMethodName(),
                metadata.get(AUTHORIZATION),
                metadata.get(API_KEY),
                metadata.get(REQUEST_ID)));
        visit.onClient(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR), 0);
        String wrongKey = visit.refusal();
        if (wrongKey != null) {
            refusal = new JynamoException(ErrorCode.AUTHENTICATION_REQUIRED, wrongKey);
        } else if (refusal == null && work) {
            refusal = visit.tryEnter();
        }
        if (refusal == null) {
            return new Entry(visit, null);
        }
        visit.onFailure(refusal.code());
        return new Entry(visit, CallErrors.FORM.answer(refusal));
    }
}
