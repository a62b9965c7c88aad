package io.jynamo.cli.graph;

import java.io.IOException;
import java.nio.channels.Channel;
import java.time.Duration;

/** A bound on what a channel is used for: it is closed under its user's hands when the time is over. */
public final class ChannelDeadline implements AutoCloseable {
    private final Thread guard;

    private ChannelDeadline(Thread guard) {
        this.guard = guard;
    }

    /** Begins to count. */
    public static ChannelDeadline of(Channel channel, Duration limit) {
        return new ChannelDeadline(Thread.ofVirtual().name("channel-deadline").start(() -> {
            try {
                Thread.sleep(limit);
                channel.close();
            } catch (InterruptedException inTime) {
                Thread.currentThread().interrupt();
            } catch (IOException closedAnyway) {
                // Nothing is left to bound.
            }
        }));
    }

    /** It was in time. */
    @Override
    public void close() {
        guard.interrupt();
    }
}
