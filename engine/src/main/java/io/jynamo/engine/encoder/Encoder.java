package io.jynamo.engine.encoder;

import io.jynamo.protocol.EmbeddingRequest;
import java.util.List;

/** What computes a batch of texts; used by one thread. */
public interface Encoder {
    /** Ids are below it. */
    int vocabularySize();

    /** Numbers of one result. */
    int width();

    /**
     * Computes texts, which must fit the model.
     *
     * @return their vectors, one after another
     */
    float[] run(List<EmbeddingRequest.Text> texts);
}
