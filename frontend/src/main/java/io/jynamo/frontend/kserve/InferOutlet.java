package io.jynamo.frontend.kserve;

import io.grpc.Metadata;
import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.kserve.wire.ModelInferResponse;

/** Where one request's responses leave: a call of its own, or one that it shares with others. Event loop only. */
interface InferOutlet {
    /** Whether a response leaves soon, instead of piling up. */
    boolean isReady();

    /** Says what goes before the first response. */
    void begin(Metadata headers);

    void send(ModelInferResponse response);

    /** Every response was sent. */
    void end();

    /**
     * It failed, and that ends it.
     *
     * @param failure made by {@link CallErrors}
     * @param headers that tell what its key has left
     */
    void fail(Answer failure, Metadata headers);
}
