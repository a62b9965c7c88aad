package io.jynamo.runtime.discovery;

/**
 * One process's access to a store of announcements. What it publishes is there for as long as the process lives: it
 * goes when it is withdrawn, when this is closed, or one lease after the process died. Safe for use by several threads.
 *
 * <p>A key belongs to the process that published it last, so that a restarted one need not wait for its former self's
 * lease. The former one's updates and withdrawals of that key then change nothing.
 */
public interface Discovery extends AutoCloseable {
    /**
     * Announces an entry and returns once others can see it. Whatever removes it from the store while this process
     * lives, be it a lost lease, a cleaned folder or a hand, it is announced again.
     *
     * @throws io.jynamo.protocol.JynamoException DISCOVERY_UNREACHABLE where the store did not answer in time: nothing
     *     is announced then; INVALID_REQUEST where this process has published the key already; DISK_FULL
     */
    Registration publish(Entry entry);

    /**
     * Tells a listener of the entries whose keys are below a path, for example {@code instances/blue}, which does not
     * match {@code instances/bluebird}; the empty path is all. First come those there are, then each change, in order.
     *
     * @throws io.jynamo.protocol.JynamoException INVALID_REQUEST where it is no path
     */
    Watch watch(String prefix, WatchListener listener);

    /** Withdraws what was published and ends the watches, within seconds even where the store does not answer. */
    @Override
    void close();
}
