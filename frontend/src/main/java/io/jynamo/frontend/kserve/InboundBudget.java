package io.jynamo.frontend.kserve;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.jynamo.frontend.http.BodyBudget;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes of messages as they arrive, out of the budget that HTTP's bodies are in: a message costs memory when it comes,
 * never when it is announced.
 */
final class InboundBudget extends ServerStreamTracer.Factory {
    private static final Context.Key<Arriving> ARRIVING = Context.key("jynamo-arriving");
    /** As HTTP has it: a longer one has more text than a prompt of a hundred thousand tokens. */
    private static final int HUGE = 1 << 20;

    private final BodyBudget budget;

    InboundBudget(BodyBudget budget) {
        this.budget = budget;
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
        return new Arriving(budget);
    }

    /** What arrives on the call that is being handled. */
    static Arriving ofCall() {
        return ARRIVING.get();
    }

    /** What has arrived of one call and belongs to no request yet. Any thread. */
    static final class Arriving extends ServerStreamTracer {
        private final BodyBudget budget;
        private long taken;
        private boolean full;
        private boolean closed;
        private @Nullable Runnable onFull;

        Arriving(BodyBudget budget) {
            this.budget = budget;
        }

        @Override
        public Context filterContext(Context context) {
            return context.withValue(ARRIVING, this);
        }

        /** Has it told, once, that there is no memory for what arrives. */
        synchronized void onFull(Runnable told) {
            onFull = told;
            if (full) {
                told.run();
            }
        }

        @Override
        public synchronized void inboundWireSize(long bytes) {
            if (!full && !closed) {
                take(bytes);
            }
        }

        /** A message of that size is whole; its room belongs to whoever takes it. False where there is no room. */
        synchronized boolean handOver(int size) {
            if (size > taken && !full) {
                take(size - taken); // it was compressed
            }
            if (full || closed) {
                return false;
            }
            budget.giveBack(taken - size); // compressing may have made it longer
            taken = 0;
            return true;
        }

        /** Whether no part of a message is here. */
        synchronized boolean isEmpty() {
            return taken == 0;
        }

        private void take(long bytes) {
            if (budget.tryTake(bytes, taken + bytes > HUGE)) {
                taken += bytes;
                return;
            }
            full = true;
            Runnable told = onFull;
            if (told != null) {
                told.run();
            }
        }

        @Override
        public synchronized void streamClosed(Status status) {
            closed = true;
            budget.giveBack(taken);
            taken = 0;
        }
    }
}
