package io.jynamo.router;

import io.jynamo.protocol.SessionNews;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The subscriptions to what workers say of the sessions that other routers gave them. Any thread, under no lock. */
final class HeardSessions {
    private static final System.Logger LOG = System.getLogger(HeardSessions.class.getName());

    private final BiConsumer<WorkerId, SessionNews> to;
    private final Map<WorkerId, AutoCloseable> open = new ConcurrentHashMap<>();

    HeardSessions(BiConsumer<WorkerId, SessionNews> to) {
        this.to = to;
    }

    /** A worker is on offer. */
    void listen(Worker worker) {
        end(open.put(worker.id(), worker.listenToSessions(news -> to.accept(worker.id(), news))));
    }

    /** It no longer is. */
    void leave(Worker worker) {
        end(open.remove(worker.id()));
    }

    private static void end(@Nullable AutoCloseable subscription) {
        if (subscription != null) {
            try {
                subscription.close();
            } catch (Exception unexpected) {
                LOG.log(System.Logger.Level.WARNING, "a listener could not be taken back", unexpected);
            }
        }
    }
}
