package io.jynamo.engine.weights;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The three ways a model file can be wrong, as exceptions that say where and what to do. */
final class ModelFileProblem {
    private ModelFileProblem() {}

    static JynamoException corrupt(Path file, String what) {
        return new JynamoException(
                ErrorCode.MODEL_FILE_CORRUPT,
                file + ": " + what + ". The file is truncated or damaged: pull or copy it again.");
    }

    static JynamoException corrupt(Path file, long offset, String what) {
        return corrupt(file, what + " (at byte " + offset + ")");
    }

    static JynamoException unsupported(Path file, String what) {
        return new JynamoException(ErrorCode.MODEL_UNSUPPORTED, file + ": " + what);
    }

    static JynamoException missing(Path file, String what) {
        return new JynamoException(ErrorCode.MODEL_FILE_MISSING, file + ": " + what);
    }

    /** What to throw when the file system refused to open or read {@code file}. */
    static JynamoException unreadable(Path file, IOException cause) {
        String what = cause instanceof NoSuchFileException
                ? "no such file"
                : "cannot be read (" + cause.getClass().getSimpleName() + ": " + cause.getMessage()
                        + "); check that it is a file and its permissions";
        return new JynamoException(ErrorCode.MODEL_FILE_MISSING, file + ": " + what, cause);
    }

    /** Names from files go into messages: shortened, without control characters. */
    static String quote(String name) {
        String head = name.length() > 80 ? name.substring(0, 80) + "…" : name;
        return "'" + head.replaceAll("\\p{Cntrl}", "?") + "'";
    }
}
