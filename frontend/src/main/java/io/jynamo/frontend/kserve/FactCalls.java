package io.jynamo.frontend.kserve;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.keys.KeyTerms;
import io.jynamo.frontend.keys.Visit;
import io.jynamo.frontend.openai.ErrorBody;
import java.util.function.BiFunction;

/** Answers calls that ask what there is: at once, and those that are not open to all for known keys only. */
final class FactCalls<Q, A> implements ServerCallHandler<Q, A> {
    private static final System.Logger LOG = System.getLogger(FactCalls.class.getName());

    private final CallDoor door;
    private final boolean open;
    private final BiFunction<Q, KeyTerms, A> facts;

    private FactCalls(CallDoor door, boolean open, BiFunction<Q, KeyTerms, A> facts) {
        this.door = door;
        this.open = open;
        this.facts = facts;
    }

    /** Needs no key. */
    static <Q, A> ServerCallHandler<Q, A> open(CallDoor door, BiFunction<Q, KeyTerms, A> facts) {
        return new FactCalls<>(door, true, facts);
    }

    /** Needs a key where there are keys. */
    static <Q, A> ServerCallHandler<Q, A> keyed(CallDoor door, BiFunction<Q, KeyTerms, A> facts) {
        return new FactCalls<>(door, false, facts);
    }

    @Override
    public ServerCall.Listener<Q> startCall(ServerCall<Q, A> call, Metadata metadata) {
        CallDoor.Entry entry = open ? CallDoor.Entry.OPEN : door.look(call, metadata);
        Answer refusal = entry.refusal();
        if (refusal != null) {
            refuse(call, entry.visit(), refusal);
            return new ServerCall.Listener<>() {};
        }
        call.request(2); // a second one is a mistake, and the first is answered
        return new ServerCall.Listener<>() {
            private boolean answered;

            @Override
            public void onMessage(Q asked) {
                if (!answered) {
                    answered = true;
                    answer(call, entry.visit(), asked);
                }
            }

            @Override
            public void onHalfClose() {
                if (!answered) {
                    answered = true;
                    call.close(Status.INVALID_ARGUMENT.withDescription("The call needs a request."), new Metadata());
                    entry.visit().onOver();
                }
            }
        };
    }

    private void answer(ServerCall<Q, A> call, Visit visit, Q asked) {
        A answer;
        try {
            answer = facts.apply(asked, visit.terms());
        } catch (RuntimeException refused) {
            if (ErrorBody.code(refused) == io.jynamo.protocol.ErrorCode.INTERNAL) {
                LOG.log(System.Logger.Level.ERROR, "a call failed", refused);
            }
            visit.onFailure(ErrorBody.code(refused));
            refuse(call, visit, CallErrors.FORM.answer(refused));
            return;
        }
        visit.onAnswer(200, (name, value) -> {});
        visit.onOver();
        call.sendHeaders(new Metadata());
        call.sendMessage(answer);
        call.close(Status.OK, new Metadata());
    }

    /** Tells a call that it failed. */
    static void refuse(ServerCall<?, ?> call, Visit visit, Answer refusal) {
        Metadata trailers = CallErrors.trailers(refusal);
        visit.onAnswer(refusal.status(), (name, value) -> trailers.put(CallErrors.ascii(name), value));
        visit.onOver();
        call.close(CallErrors.status(refusal), trailers);
    }
}
