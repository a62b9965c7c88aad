package io.jynamo.cli.worker;

import io.jynamo.engine.attached.AttachedEngine;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Joins an engine of others, as often as it takes, and then says of its workers what its state is: a server of somebody
 * else's may not be there yet, fall over and come back, lose a member of its group, or come back with another model, which
 * is then offered anew.
 */
final class StateFollower implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(StateFollower.class.getName());
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    /** A server may still be loading, or have exchanged its model and not be able to serve it yet. */
    private static final Duration BETWEEN_JOINS = Duration.ofSeconds(2);

    private final Offers offers;
    private final BooleanSupplier complete;
    private final ModelExchange exchange;
    private final Thread thread;
    private boolean wasComplete = true;

    /**
     * Begins to join it.
     *
     * @param complete whether all that the engine runs on is there
     * @param firstTry is told how that ended: empty when the engine is offered
     */
    StateFollower(
            Offers offers, BooleanSupplier complete, ModelExchange exchange, Consumer<Optional<Throwable>> firstTry) {
        this.offers = offers;
        this.complete = complete;
        this.exchange = exchange;
        this.thread = Thread.ofVirtual().name("engine-state").start(() -> run(firstTry));
    }

    private void run(Consumer<Optional<Throwable>> firstTry) {
        try {
            Optional<String> refused = begin(firstTry);
            if (refused.isPresent()) {
                Thread.sleep(BETWEEN_JOINS);
                join(refused.get());
            }
            while (!Thread.interrupted()) {
                Thread.sleep(BETWEEN_LOOKS);
                look();
                Optional<String> other = exchanged();
                if (other.isPresent()) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "the engine serves {0}: its workers are withdrawn",
                            other.get());
                    offers.withdraw();
                    join("");
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /** Tries once, and gives the reason where that was in vain. */
    private Optional<String> begin(Consumer<Optional<Throwable>> firstTry) {
        try {
            offers.loading("joining " + exchange.engine());
            exchange.offer(offers);
            firstTry.accept(Optional.empty());
            return Optional.empty();
        } catch (RuntimeException refused) {
            String why = reason(refused);
            offers.loading(why);
            firstTry.accept(Optional.of(refused));
            return Optional.of(why);
        } catch (Error dead) {
            firstTry.accept(Optional.of(dead));
            throw dead;
        }
    }

    /** @param known why it was in vain the last time, which is not told again */
    private void join(String known) throws InterruptedException {
        String told = known;
        while (true) {
            try {
                exchange.offer(offers);
                return;
            } catch (RuntimeException refused) {
                if (Thread.interrupted()) {
                    throw new InterruptedException(); // closed while it asked
                }
                String why = reason(refused);
                LOG.log(
                        told.equals(why) ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                        "{0} is not offered, {1}; tried again every {2} s",
                        exchange.engine(),
                        why,
                        BETWEEN_JOINS.toSeconds());
                offers.loading(why);
                told = why;
            }
            Thread.sleep(BETWEEN_JOINS);
        }
    }

    private static String reason(RuntimeException refused) {
        boolean lost = refused instanceof JynamoException known && known.code() == ErrorCode.WORKER_LOST;
        boolean expected = refused instanceof JynamoException;
        return (lost ? "not reachable: " : "not joined: ") + (expected ? refused.getMessage() : refused.toString());
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
