package io.jynamo.runtime.session;

import io.jynamo.protocol.EmbeddingCall;
import io.jynamo.protocol.Generation;

/** A hand on a request for vectors where one on a generation is wanted: it has no choices, and needs no credit. */
record ServedEmbedding(EmbeddingCall call) implements Generation {
    @Override
    public void cancel() {
        call.cancel();
    }

    @Override
    public void cancel(int choice) {
        if (choice != 0) {
            throw new IllegalArgumentException("a request for vectors has no choice " + choice);
        }
        call.cancel();
    }

    @Override
    public void grant(int tokens) {}
}
