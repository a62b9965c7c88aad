package io.jynamo.engine.constrain;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;

/** What a request is told when its constraint fails. */
final class Failures {
    private static final System.Logger LOG = System.getLogger(Failures.class.getName());

    private Failures() {}

    /** The failure itself where it has a code; else it is a defect, which the log has. */
    static JynamoException told(Throwable failure) {
        if (failure instanceof JynamoException known) {
            return known;
        }
        if (failure instanceof StackOverflowError) {
            return new JynamoException(ErrorCode.INVALID_REQUEST, "the constraint nests too deep", failure);
        }
        LOG.log(System.Logger.Level.ERROR, "a constraint failed", failure);
        return new JynamoException(
                ErrorCode.INTERNAL, "the constraint could not be followed, by a defect of ours", failure);
    }
}
