package io.jynamo.engine.kvfeed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.KvEvent.Tier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over real sockets: what is lost comes by replay or is forgotten, and an engine that began anew is noticed. */
class ZmqKvEventsTest {
    private static final int ALL = Integer.MAX_VALUE / 2;

    private EngineTwin twin = new EngineTwin(new Random(7));

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void hearsWhatWasPublishedBeforeItCameAndWhatWasLost(boolean topicInReplay) throws Exception {
        try (PublishingEngine engine = new PublishingEngine(0, 0, ALL, topicInReplay)) {
            for (int i = 0; i < 20; i++) {
                engine.publish(twin.step());
            }
            try (ZmqKvEvents events = ZmqKvEvents.connect(engine.options(true))) {
                Listener listener = new Listener();
                await("the messages before", () -> events.counts().batches() == 20);
                events.subscribe(listener);
                await("the snapshot", () -> listener.held().equals(twin.heldAfter.getLast()));
                engine.publish(twin.step());
                await("one live message", () -> events.counts().batches() == 21);
                engine.lose(twin.step());
                engine.lose(twin.step());
                engine.publish(twin.step());
                await("what was lost", () -> listener.held().equals(twin.heldAfter.getLast()));
                assertThat(events.counts().gaps()).isEqualTo(1);
                assertThat(events.counts().resets()).isZero();
                assertThat(events.counts().batches()).isEqualTo(24);
                assertThat(events.failure()).isEmpty();
            }
        }
    }

    @Test
    void forgetsAndGoesOnWhereNothingIsSaidAgain() throws Exception {
        try (PublishingEngine engine = new PublishingEngine(0, 0, 0, true);
                ZmqKvEvents events = ZmqKvEvents.connect(engine.options(false))) {
            Listener listener = new Listener();
            events.subscribe(listener);
            publishUntilHeld(engine, events, listener);
            engine.lose(twin.step());
            engine.publish(twin.publish(EventWriter.batch()));
            await(
                    "forgetting",
                    () -> events.counts().gaps() == 1 && listener.held().isEmpty());
            assertThat(events.counts().resets()).isEqualTo(1);
            int told = listener.count();
            long before = events.counts().batches();
            for (int i = 0; i < 30; i++) {
                engine.publish(twin.step());
            }
            await("later messages", () -> events.counts().batches() == before + 30);
            await("their events", () -> listener.count() == events.counts().events());
            assertThat(listener.count()).isGreaterThan(told);
            assertThat(twin.heldAfter.getLast()).containsAll(listener.held());
        }
    }

    @Test
    void noticesAnEngineThatBeganAnewAtTheNumberExpected() throws Exception {
        Listener listener = new Listener();
        PublishingEngine first = new PublishingEngine(0, 0, ALL, true);
        try (ZmqKvEvents events = ZmqKvEvents.connect(first.options(true))) {
            events.subscribe(listener);
            for (int i = 0; i < 5; i++) {
                first.publish(twin.step());
            }
            await("the first engine", () -> listener.held().equals(twin.heldAfter.getLast()));
            first.close();
            twin = new EngineTwin(new Random(8));
            try (PublishingEngine second = new PublishingEngine(first.port(), first.replayPort(), ALL, true)) {
                for (int i = 0; i < 6; i++) {
                    second.publish(twin.step());
                }
                await(
                        "the second engine",
                        () -> events.counts().restarts() == 1 && listener.held().equals(twin.heldAfter.getLast()));
            }
        } finally {
            first.close();
        }
    }

    @Test
    void aConnectionThatBreaksIsNotARestart() throws Exception {
        try (PublishingEngine engine = new PublishingEngine(0, 0, ALL, true);
                TcpBreaker breaker = new TcpBreaker(engine.port())) {
            KvFeedOptions direct = engine.options(true);
            KvFeedOptions options = KvFeedOptions.of(
                    "tcp://127.0.0.1:" + breaker.port(), direct.replayEndpoint(), EngineTwin.BLOCK_TOKENS);
            try (ZmqKvEvents events = ZmqKvEvents.connect(options)) {
                Listener listener = new Listener();
                events.subscribe(listener);
                for (int i = 0; i < 10; i++) {
                    engine.publish(twin.step());
                }
                await("the first messages", () -> listener.held().equals(twin.heldAfter.getLast()));
                int replays = engine.replays();
                breaker.breakAll();
                engine.publish(twin.step());
                await(
                        "the reconnection",
                        () -> engine.replays() > replays && listener.held().equals(twin.heldAfter.getLast()));
                assertThat(events.counts().restarts()).isZero();
                assertThat(events.counts().resets()).isZero();
            }
        }
    }

    @Test
    void aReplayThatNeverAnswersIsGivenUp() throws Exception {
        try (PublishingEngine engine = new PublishingEngine(0, 0, ALL, true);
                TcpBreaker silent = new TcpBreaker(0)) {
            KvFeedOptions options = KvFeedOptions.of(
                            "tcp://127.0.0.1:" + engine.port(),
                            "tcp://127.0.0.1:" + silent.port(),
                            EngineTwin.BLOCK_TOKENS)
                    .withPatience(Duration.ofMillis(100));
            try (ZmqKvEvents events = ZmqKvEvents.connect(options)) {
                Listener listener = new Listener();
                events.subscribe(listener);
                publishUntilHeld(engine, events, listener);
                engine.lose(twin.step());
                engine.publish(twin.publish(EventWriter.batch()));
                await(
                        "giving up",
                        () -> events.counts().gaps() == 1 && listener.held().isEmpty());
            }
        }
    }

    @Test
    void whatCannotBeReadIsForgottenAndCounted() throws Exception {
        try (PublishingEngine engine = new PublishingEngine(0, 0, ALL, true);
                ZmqKvEvents events = ZmqKvEvents.connect(engine.options(true))) {
            Listener listener = new Listener();
            events.subscribe(listener);
            for (int i = 0; i < 10; i++) {
                engine.publish(twin.step());
            }
            await("the first messages", () -> listener.held().equals(twin.heldAfter.getLast()));
            engine.publish(twin.publish(new byte[] {1, 2, 3}));
            await(
                    "forgetting",
                    () -> events.counts().malformed() == 1 && listener.held().isEmpty());
            engine.publish(twin.publish(EventWriter.batch(Map.of("type", "BlockRemoved", "block_hashes", List.of()))));
            await("going on", () -> events.counts().batches() == 12);
        }
    }

    @Test
    void aListenerThatFailsOrStandsStillHoldsNobodyUp() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (PublishingEngine engine = new PublishingEngine(0, 0, ALL, true);
                ZmqKvEvents events = ZmqKvEvents.connect(engine.options(true))) {
            Listener listener = new Listener();
            CountDownLatch stuck = new CountDownLatch(1);
            AutoCloseable standing = events.subscribe(event -> {
                stuck.countDown();
                await(release);
            });
            events.subscribe(event -> {
                throw new IllegalStateException("a listener that fails");
            });
            events.subscribe(listener);
            for (int i = 0; i < 30; i++) {
                engine.publish(twin.step());
            }
            await("everything", () -> listener.held().equals(twin.heldAfter.getLast()));
            assertThat(stuck.await(30, TimeUnit.SECONDS)).isTrue();
            release.countDown();
            standing.close();
        }
    }

    @Test
    void tellsNothingAfterASubscriptionIsClosedAndRefusesOnesAfterTheEnd() throws Exception {
        try (PublishingEngine engine = new PublishingEngine(0, 0, ALL, true)) {
            ZmqKvEvents events = ZmqKvEvents.connect(engine.options(true));
            Listener closed = new Listener();
            Listener open = new Listener();
            AutoCloseable subscription = events.subscribe(closed);
            events.subscribe(open);
            publishUntilHeld(engine, events, open);
            await(
                    "both",
                    () -> open.held().equals(closed.held()) && !open.held().isEmpty());
            subscription.close();
            int told = closed.count();
            for (int i = 0; i < 10; i++) {
                engine.publish(twin.step());
            }
            await("the open one", () -> open.held().equals(twin.heldAfter.getLast()));
            assertThat(closed.count()).isEqualTo(told);
            events.close();
            assertThatThrownBy(() -> events.subscribe(open))
                    .isInstanceOfSatisfying(
                            JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_READY));
        }
    }

    @Test
    void anAddressThatIsNoneIsAFailureByName() throws Exception {
        try (ZmqKvEvents events = ZmqKvEvents.connect(KvFeedOptions.of("nowhere", null, 16))) {
            await("the failure", () -> events.failure().isPresent());
            assertThat(events.failure().orElseThrow()).hasMessageContaining("nowhere");
        }
    }

    @Test
    void ranksHaveAPortEach() {
        KvFeedOptions rank =
                KvFeedOptions.of("tcp://h:5557", "tcp://h:5657", 16).ofRank(2);
        assertThat(rank.endpoint()).isEqualTo("tcp://h:5559");
        assertThat(rank.replayEndpoint()).isEqualTo("tcp://h:5659");
        assertThat(rank.rank()).hasValue(2);
    }

    /**
     * Publishes until the listener, told everything from the first event on, holds something. A subscriber without replay
     * hears nothing of what was published before it was there.
     */
    private void publishUntilHeld(PublishingEngine engine, ZmqKvEvents events, Listener listener) {
        await("a first message", () -> {
            publish(engine);
            return events.counts().batches() > 0;
        });
        while (true) {
            long before = events.counts().batches();
            publish(engine);
            await("one more message", () -> events.counts().batches() > before);
            await("its events", () -> listener.count() == events.counts().events());
            if (!listener.held().isEmpty()) {
                return;
            }
        }
    }

    private void publish(PublishingEngine engine) {
        try {
            engine.publish(twin.step());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting for %s", what).isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }

    static void join(Thread thread) {
        try {
            assertThat(thread.join(Duration.ofSeconds(60)))
                    .as("%s ends", thread)
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Keeps what it was told, checked by {@link Told}. */
    private static final class Listener implements Consumer<KvEvent> {
        private final List<KvEvent> all = new ArrayList<>();
        private final Told told = new Told();
        private boolean begun;

        @Override
        public synchronized void accept(KvEvent event) {
            boolean snapshot =
                    event instanceof KvEvent.Stored && (!begun || all.getLast().id() == event.id());
            if (snapshot) {
                told.begin(List.of(event), event.id());
            } else {
                told.on(event);
            }
            begun = true;
            all.add(event);
        }

        synchronized Set<Long> held() {
            return new HashSet<>(told.in(Tier.DEVICE));
        }

        synchronized int count() {
            return all.size();
        }
    }
}
