package io.jynamo.engine.kvfeed;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.KvEvent.Tier;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The feed against a naive engine, over a wire that loses messages, breaks, and has another engine at its end. */
class KvFeedModelTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 100})
    void holdsWhatTheEngineHoldsWhereEverythingCanBeReplayed(long seed) {
        new Run(seed, Integer.MAX_VALUE, true).go(1_500);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 100})
    void holdsNothingElseWhereLittleCanBeReplayed(long seed) {
        new Run(seed, 4, true).go(1_500);
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26, 100})
    void holdsNothingElseWhereNothingCanBeReplayed(long seed) {
        new Run(seed, 0, false).go(1_500);
    }

    @Test
    @Tag("long")
    void agreesForLong() {
        for (long seed = 100; seed < 160; seed++) {
            new Run(seed, Integer.MAX_VALUE, true).go(5_000);
            new Run(seed, 5, true).go(5_000);
            new Run(seed, 0, false).go(5_000);
        }
    }

    private static final class Run {
        final Random random;
        final int buffered;
        final boolean canReplay;
        final KvFeedCore core;
        final Told told = new Told();
        EngineTwin engine;
        int lastHeard = -1;

        Run(long seed, int buffered, boolean canReplay) {
            this.random = new Random(seed);
            this.buffered = buffered;
            this.canReplay = canReplay;
            this.engine = new EngineTwin(random);
            this.core = new KvFeedCore(
                    new KvEventTranslator(EngineTwin.BLOCK_TOKENS, 10_000), canReplay, OptionalInt.of(0));
        }

        void go(int steps) {
            for (int i = 0; i < steps; i++) {
                switch (random.nextInt(60)) {
                    case 0 -> restart();
                    case 1 -> reconnect();
                    case 2 -> after(core.resync());
                    case 3 -> hear(engine.publish(new byte[] {(byte) 0xc1}));
                    case 4, 5, 6, 7 -> engine.step();
                    default -> hear(engine.step());
                }
                told.agreesWith(core.snapshot());
                told.agreesWith(core.digest());
            }
            assertThat(core.counts().gaps()).isPositive();
            assertThat(core.counts().restarts()).isPositive();
            assertThat(core.counts().otherRank()).isZero();
        }

        /** Another engine; whether the break of the connection is all that shows it is chance. */
        private void restart() {
            engine = new EngineTwin(random);
            lastHeard = -1;
            core.disconnected();
            for (int i = random.nextInt(6); i > 0; i--) {
                engine.step();
            }
            if (random.nextBoolean()) {
                after(core.connected());
            }
        }

        private void reconnect() {
            core.disconnected();
            after(core.connected());
            after(core.settled());
        }

        private void hear(KvFeedCore.Message message) {
            lastHeard = (int) message.number();
            after(core.live(message));
            assertThat(engine.heldAfter.get(lastHeard)).containsAll(told.in(Tier.DEVICE));
            if (canReplay && buffered == Integer.MAX_VALUE && readable()) {
                assertThat(told.in(Tier.DEVICE)).isEqualTo(engine.heldAfter.get(lastHeard));
            }
        }

        /** Whether nothing was published that nobody can read. */
        private boolean readable() {
            return engine.published.stream().noneMatch(message -> message.payload().length == 1);
        }

        private void after(KvFeedCore.Step first) {
            KvFeedCore.Step step = first;
            told.on(step.told());
            while (step.replayFrom().isPresent()) {
                long from = step.replayFrom().getAsLong();
                List<KvFeedCore.Message> published = engine.published;
                long begin = Math.max(from, buffered == Integer.MAX_VALUE ? 0 : published.size() - (long) buffered);
                List<KvFeedCore.Message> again =
                        published.subList((int) Math.min(begin, published.size()), published.size());
                // Now and then the answer breaks off.
                boolean whole = buffered == Integer.MAX_VALUE || random.nextInt(5) > 0;
                List<KvFeedCore.Message> came = whole ? again : again.subList(0, random.nextInt(again.size() + 1));
                step = core.replayed(from, List.copyOf(came), whole);
                told.on(step.told());
            }
        }
    }
}
