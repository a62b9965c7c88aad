package io.jynamo.runtime.session;

import io.jynamo.protocol.KvEvent;
import io.jynamo.runtime.wire.v1.ClientFrame;
import io.jynamo.runtime.wire.v1.Subscribe;
import io.jynamo.runtime.wire.v1.Unsubscribe;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who listens to a remote worker's KV events. A listener whose session broke is told so once the next one is open, and
 * subscribes anew: a snapshot is of use only from a worker that can be reached.
 */
final class EventFeeds {
    private static final System.Logger LOG = System.getLogger(EventFeeds.class.getName());

    private final CopyOnWriteArrayList<Feed> feeds = new CopyOnWriteArrayList<>();
    private int lastNumber;

    /** A listener; all but adding it happens on the event loop. */
    static final class Feed {
        private final Consumer<KvEvent> listener;
        private int number;
        private boolean lost;

        private Feed(Consumer<KvEvent> listener) {
            this.listener = listener;
        }

        private void tell(KvEvent event) {
            try {
                listener.accept(event);
            } catch (RuntimeException defect) {
                LOG.log(System.Logger.Level.ERROR, "a listener to KV events failed", defect);
            }
        }
    }

    /** Whether anybody listens. */
    boolean any() {
        return !feeds.isEmpty();
    }

    Feed add(Consumer<KvEvent> listener) {
        Feed feed = new Feed(listener);
        feeds.add(feed);
        return feed;
    }

    void open(Feed feed, ClientSession session) {
        if (!feeds.contains(feed)) {
            return; // closed before it began
        }
        feed.number = ++lastNumber;
        session.send(
                ClientFrame.newBuilder().setSubscribe(Subscribe.newBuilder().setSubscription(feed.number)));
    }

    void close(Feed feed, @Nullable ClientSession session) {
        if (feeds.remove(feed) && session != null && feed.number != 0) {
            session.send(ClientFrame.newBuilder()
                    .setUnsubscribe(Unsubscribe.newBuilder().setSubscription(feed.number)));
        }
    }

    void tell(int number, KvEvent event) {
        for (Feed feed : feeds) {
            if (feed.number == number && !feed.lost) {
                feed.tell(event);
            }
        }
    }

    void lose(Feed feed) {
        feed.lost = true;
        feed.number = 0;
    }

    void lose(int number) {
        for (Feed feed : feeds) {
            if (feed.number == number) {
                end(feed);
            }
        }
    }

    void loseAll() {
        feeds.forEach(this::lose);
    }

    /** Tells those who missed something that they did: they come back for a snapshot. */
    void reopen(@Nullable ClientSession session) {
        if (session == null) {
            return;
        }
        List<Feed> lost = new ArrayList<>(0);
        for (Feed feed : feeds) {
            if (feed.lost) {
                lost.add(feed);
            }
        }
        lost.forEach(this::end);
    }

    private void end(Feed feed) {
        feed.number = 0;
        feeds.remove(feed);
        feed.tell(new KvEvent.Lost(0));
    }
}
