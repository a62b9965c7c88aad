package io.jynamo.cli.models;

import io.jynamo.cli.store.ModelStore;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.nio.file.Path;

/** Finds the files of the model a server is to serve, pulling them on first use. */
public final class ModelFiles {
    private ModelFiles() {}

    /**
     * Where the files are, on this machine.
     *
     * @param spec what {@code --model} says
     * @throws JynamoException MODEL_FILE_MISSING, PULL_FAILED or DISK_FULL, each with what to do
     */
    public static Path require(String spec) {
        try {
            return ModelStore.of(System.getenv()).pull(spec, Terminal.progress(), Terminal.consent(false));
        } catch (JynamoException e) {
            if (e.code() != ErrorCode.PULL_FAILED && e.code() != ErrorCode.DISK_FULL) {
                throw e;
            }
            throw new JynamoException(
                    e.code(),
                    e.getMessage()
                            + ". Serve a model that is on this machine with --model PATH, or try the server without a model"
                            + " with --engine sim (its text is made up)",
                    e);
        }
    }
}
