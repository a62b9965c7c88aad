package io.jynamo.cli;

import java.util.ArrayDeque;

/** Closes what a process opened, last first, all of it whatever fails. */
public final class Lifecycle implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Lifecycle.class.getName());

    private final ArrayDeque<AutoCloseable> opened = new ArrayDeque<>();

    /** Closes {@code resource} with everything else. */
    public <T extends AutoCloseable> T own(T resource) {
        opened.push(resource);
        return resource;
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception failed) {
                LOG.log(System.Logger.Level.ERROR, "something could not be closed", failed);
            }
        }
    }
}
