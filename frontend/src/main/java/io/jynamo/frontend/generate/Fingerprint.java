package io.jynamo.frontend.generate;

import io.jynamo.frontend.ServedModel;

/** Names the model and build an answer came from, for {@code system_fingerprint}. */
final class Fingerprint {
    private Fingerprint() {}

    static String of(ServedModel model) {
        int hash = 31 * model.card().hashCode() + model.name().hashCode();
        return "fp_" + Integer.toHexString(hash);
    }
}
