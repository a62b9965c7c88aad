package io.jynamo.cli.store;

import java.io.IOException;
import java.time.Duration;

/** A failure that may pass: a cut connection, a busy server. */
final class TryAgain extends IOException {
    private static final long serialVersionUID = 1;

    private final Duration askedWait;

    TryAgain(String what, Duration askedWait) {
        super(what);
        this.askedWait = askedWait;
    }

    /** What the server asked for; zero where it did not. */
    Duration askedWait() {
        return askedWait;
    }
}
