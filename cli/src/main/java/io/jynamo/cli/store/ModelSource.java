package io.jynamo.cli.store;

import java.io.IOException;
import java.nio.file.Path;

/** Where a model comes from. */
interface ModelSource {
    /**
     * Brings all of a model's files into a folder, each checked. What an earlier, broken try left there is used.
     *
     * @return what to write beside the model
     * @throws io.jynamo.protocol.JynamoException PULL_FAILED or DISK_FULL; what is there so far stays
     */
    Manifest fetch(Path folder, PullProgress progress) throws IOException;
}
