package io.jynamo.runtime.session;

import io.jynamo.protocol.GenerationEnd;
import io.jynamo.runtime.wire.v1.StreamOutput;
import java.time.Duration;

/** A request as its client session holds it. Event loop. */
interface SessionStream {
    /** What the worker says. */
    void on(StreamOutput news);

    /** Whether it must end now, whatever the worker says. */
    void watch(long nowNanos, Duration cancelling);

    /** The session broke. */
    void lose(GenerationEnd.Failure failure);
}
