package io.jynamo.cli;

import io.jynamo.protocol.ErrorCode;

/** What the {@code jynamo} process ends with. Documented in {@code --help} and README; numbers never change meaning. */
public enum ExitCode {
    OK(0, "Done; for serve: stopped by a signal after every stream was finished."),
    FAILURE(1, "Something failed that has no number of its own; the message says what."),
    USAGE(2, "A flag, environment variable or configuration file is wrong."),
    MODEL_UNAVAILABLE(3, "The model could not be found or pulled."),
    MODEL_UNUSABLE(4, "The model is there, but is broken, unsupported or too large."),
    ADDRESS_IN_USE(5, "The port is taken."),
    NO_SPACE(6, "The disk is full."),
    SERVER_REFUSED(7, "ask: the server answered with an error."),
    INTERRUPTED(130, "Stopped by Ctrl-C before it was done.");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    public int number() {
        return number;
    }

    public String meaning() {
        return meaning;
    }

    /** The exit code of a command that ended with an error of this code. */
    public static ExitCode of(ErrorCode code) {
        return switch (code) {
            case INVALID_CONFIGURATION -> USAGE;
            case MODEL_FILE_MISSING, PULL_FAILED -> MODEL_UNAVAILABLE;
            case MODEL_FILE_CORRUPT,
                    MODEL_UNSUPPORTED,
                    MODEL_DOES_NOT_FIT,
                    TOKENIZER_UNSUPPORTED,
                    TEMPLATE_INVALID,
                    TEMPLATE_FAILED -> MODEL_UNUSABLE;
            case ADDRESS_IN_USE -> ADDRESS_IN_USE;
            case DISK_FULL -> NO_SPACE;
            default -> FAILURE;
        };
    }
}
