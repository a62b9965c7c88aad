package io.jynamo.engine.loop;

import io.jynamo.protocol.KvEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Who is told KV events. The step loop's thread only. */
final class KvSubscriptions {
    private static final System.Logger LOG = System.getLogger(KvSubscriptions.class.getName());

    /** One listener's subscription; two of one listener are two. */
    static final class Subscription {
        private final Consumer<KvEvent> listener;

        Subscription(Consumer<KvEvent> listener) {
            this.listener = listener;
        }
    }

    private final List<Subscription> subscriptions = new ArrayList<>();

    void add(Subscription subscription, List<? extends KvEvent> snapshot) {
        subscriptions.add(subscription);
        tell(subscription, snapshot);
    }

    boolean isEmpty() {
        return subscriptions.isEmpty();
    }

    void remove(Subscription subscription) {
        subscriptions.remove(subscription);
    }

    void tell(List<? extends KvEvent> events) {
        for (Subscription subscription : List.copyOf(subscriptions)) {
            tell(subscription, events);
        }
    }

    private void tell(Subscription subscription, List<? extends KvEvent> events) {
        try {
            events.forEach(subscription.listener);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "a KV event listener failed and is told no more", e);
            remove(subscription);
        }
    }
}
