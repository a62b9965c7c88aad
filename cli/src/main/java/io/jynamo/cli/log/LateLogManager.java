package io.jynamo.cli.log;

import java.util.logging.LogManager;

/**
 * A log manager that goes on logging while the process stops. The JDK's own closes its handlers from a shutdown hook of
 * its own, and what streams and engines say of their end would be lost.
 */
public final class LateLogManager extends LogManager {
    @Override
    public void reset() {
        // Called by the shutdown hook, and once at start when there is nothing to reset.
    }
}
