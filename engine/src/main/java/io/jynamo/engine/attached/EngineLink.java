package io.jynamo.engine.attached;

import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/** What a request needs of the engine it runs at. */
interface EngineLink {
    EngineHttp http();

    EngineDialect dialect();

    Vitality vitality();

    LoadView load();

    /**
     * Whether the server still serves our model; asks it.
     *
     * @throws io.jynamo.protocol.JynamoException where it does not say
     */
    boolean isSameModel();

    /** The server did what one with another model would do. */
    void suspectModel();

    int maxEventBytes();

    long silenceNanos();

    /** Runs something soon that does not wait; null if the engine is closed. */
    @Nullable
    ScheduledFuture<?> later(Runnable what, long nanos);

    /** The request counts no longer as open. */
    void onEnd(OpenRequest request);

    /** Its sink was told so. */
    void onTold(OpenRequest request);
}
