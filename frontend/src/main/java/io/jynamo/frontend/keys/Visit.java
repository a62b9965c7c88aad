package io.jynamo.frontend.keys;

import io.jynamo.protocol.ErrorCode;
import java.net.SocketAddress;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One request as its key sees it, from its head to its end: what it may do, what it holds of the key's limits, what is
 * written down of it. Told what happens by whoever makes it happen; any thread.
 */
public interface Visit {
    /** Of a request that nothing is counted or written down of. */
    Visit NONE = new Visit() {};

    /** What holds for it. */
    default KeyTerms terms() {
        return KeyTerms.OPEN;
    }

    /**
     * Its connection is known.
     *
     * @param ageNanos for how long it has been there, the same that its first token is measured from
     */
    default void onClient(@Nullable SocketAddress address, long ageNanos) {}

    /** Its body is read, whole. */
    default void onBody(byte[] bytes, int count) {}

    /** A run begins, which {@link #onRunEnd} ends. */
    default void onRun() {}

    /**
     * Its prompts are tokens, so many.
     *
     * @throws io.jynamo.protocol.JynamoException RATE_LIMIT_EXCEEDED
     */
    default void reserve(int promptTokens) {}

    /** It has an id, and a model that answers. */
    default void onLaunch(String id, String model) {}

    /** It is refused or fails for that reason. */
    default void onFailure(ErrorCode why) {}

    /** Its run is over; only the first call counts. */
    default void onRunEnd(RunFacts facts) {}

    /** Its answer begins: {@code headers} takes those that tell what its key has left. */
    default void onAnswer(int status, BiConsumer<String, String> headers) {}

    /** These bytes of the answer's body were written. */
    default void onWritten(byte[] bytes, int count) {}

    /** Its connection is done with it, or is gone; only the first call counts. */
    default void onOver() {}
}
