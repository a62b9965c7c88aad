package io.jynamo.cli.worker;

import io.jynamo.engine.attached.AttachedEngine;
import io.jynamo.protocol.JynamoException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Says of workers what their engine's state is: a server of somebody else's may fall over and come back, lose a member of
 * its group, or come back with another model, which is then offered anew.
 */
final class StateFollower implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(StateFollower.class.getName());
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    /** A server that has exchanged its model may not be able to serve it yet. */
    private static final Duration BETWEEN_JOINS = Duration.ofSeconds(2);

    private final WorkerOffers offers;
    private final BooleanSupplier complete;
    private final ModelExchange exchange;
    private final Thread thread;
    private boolean wasComplete = true;

    /** @param complete whether all that the engine runs on is there */
    StateFollower(WorkerOffers offers, BooleanSupplier complete, ModelExchange exchange) {
        this.offers = offers;
        this.complete = complete;
        this.exchange = exchange;
        this.thread = Thread.ofVirtual().name("engine-state").start(this::run);
    }

    private void run() {
        try {
            while (!Thread.interrupted()) {
                Thread.sleep(BETWEEN_LOOKS);
                look();
                Optional<String> other = exchanged();
                if (other.isPresent()) {
                    exchange(other.get());
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        boolean whole = complete.getAsBoolean();
        offers.follow(whole);
        if (wasComplete && !whole) {
            attached().forEach(AttachedEngine::lose); // streams go on elsewhere now, not when the engine has ended
        }
        wasComplete = whole;
    }

    private List<AttachedEngine> attached() {
        return offers.engines().stream()
                .filter(AttachedEngine.class::isInstance)
                .map(AttachedEngine.class::cast)
                .toList();
    }

    private Optional<String> exchanged() {
        return attached().stream()
                .map(AttachedEngine::exchanged)
                .flatMap(Optional::stream)
                .findFirst();
    }

    private void exchange(String what) throws InterruptedException {
        LOG.log(System.Logger.Level.WARNING, "the engine serves {0}: its workers are withdrawn", what);
        offers.withdraw();
        String told = "";
        while (true) {
            try {
                exchange.offerAnew(offers);
                return;
            } catch (JynamoException refused) {
                String why = String.valueOf(refused.getMessage());
                LOG.log(
                        told.equals(why) ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                        "what the engine serves now is not offered: {0}; tried again every {1} s",
                        why,
                        BETWEEN_JOINS.toSeconds());
                told = why;
            }
            offers.withdraw();
            Thread.sleep(BETWEEN_JOINS);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
