package io.jynamo.cli.serve;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds a model's files by what {@code --model} says. */
final class ModelFiles {
    private ModelFiles() {}

    static Path find(String spec) {
        Path path = Path.of(spec);
        if (Files.exists(path)) {
            return path;
        }
        throw new JynamoException(ErrorCode.MODEL_FILE_MISSING, "no model at " + path.toAbsolutePath());
    }
}
