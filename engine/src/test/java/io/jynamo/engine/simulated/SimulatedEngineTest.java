package io.jynamo.engine.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.engine.CollectingSink;
import io.jynamo.engine.Engine;
import io.jynamo.engine.EngineContract;
import io.jynamo.engine.EngineOptions;
import io.jynamo.engine.loop.TimeSource;
import io.jynamo.protocol.FinishReason;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.WorkerId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SimulatedEngineTest extends EngineContract {
    private static final SimulatedText TEXT =
            new SimulatedText(text -> text.chars().map(c -> c % 250 + 2).toArray(), 100);
    private static final SimulatedEngine.Vocabulary VOCABULARY_OF_TEXT =
            new SimulatedEngine.Vocabulary(VOCABULARY, 1, TEXT);

    @Override
    protected Engine create(EngineOptions options) {
        return new SimulatedEngine(
                new WorkerId(1), options, VOCABULARY_OF_TEXT, TimingModel.INSTANT, TimeSource.SYSTEM, 7);
    }

    @Test
    void saysTheSameForTheSamePromptAndSeed() {
        List<Integer> first = answer(engine(options()));
        List<Integer> second = answer(engine(options()));
        assertThat(second).isEqualTo(first);
    }

    @Test
    void endsByItselfAfterAWhile() {
        CollectingSink sink = new CollectingSink();
        engine(options()).start(request("a", prompt(10, 3), Stopping.after(900)), sink);
        sink.await();
        assertThat(sink.finishes()).containsEntry(0, FinishReason.STOP);
        assertThat(sink.tokens(0).size()).isBetween(50, 151);
        assertThat(sink.deltas().getLast().stopToken()).isEqualTo(1);
    }

    @Test
    void takesTheTimeItsModelSays() {
        AtomicLong now = new AtomicLong(1_000);
        TimeSource virtual = new TimeSource() {
            @Override
            public long nanos() {
                return now.get();
            }

            @Override
            public void waitUntil(long nanos) {
                now.accumulateAndGet(nanos, Math::max);
            }
        };
        PolynomialTiming timing = new PolynomialTiming(0, 1, 10, 0, 0, 5, 0, 2, 1);
        try (Engine engine = new SimulatedEngine(new WorkerId(1), options(), VOCABULARY_OF_TEXT, timing, virtual, 7)) {
            CollectingSink sink = new CollectingSink();
            engine.start(request("a", prompt(20, 3), endless(11)), sink);
            sink.await();
            // 20 prompt tokens at 1 ms and 10 ms more, then ten decodes of 5 ms, twice as fast.
            assertThat(now.get() - 1_000).isEqualTo((20 + 10 + 10 * 5) * 1_000_000 / 2);
        }
    }

    @Test
    void losesKvEventsThatNobodyMissesUntilTheNext() throws Exception {
        List<Long> heard = heard(0.3, 5);
        assertThat(heard).isSorted().doesNotHaveDuplicates();
        assertThat(heard.getLast() - heard.getFirst() + 1)
                .as("ids that went by: %s", heard)
                .isGreaterThan(heard.size());
        assertThat(heard(0.3, 5)).as("with the same seed").isEqualTo(heard);
        assertThat(heard(0, 5)).as("without loss").hasSize(40);
    }

    /** The ids of the events of forty prompts. */
    private List<Long> heard(double loss, long seed) throws Exception {
        try (Engine engine = new LossyEvents(create(options()), loss, seed)) {
            List<Long> ids = new CopyOnWriteArrayList<>();
            CountDownLatch allTold = new CountDownLatch(1);
            AutoCloseable subscription = engine.subscribe(event -> ids.add(event.id()));
            for (int i = 0; i < 40; i++) {
                CollectingSink sink = new CollectingSink();
                engine.start(request("r" + i, prompt(32, i + 1), Stopping.after(1)), sink);
                sink.await();
            }
            AutoCloseable later = engine.subscribe(snapshot -> allTold.countDown());
            assertThat(allTold.await(10, TimeUnit.SECONDS)).isTrue();
            subscription.close();
            later.close();
            return List.copyOf(ids);
        }
    }

    private List<Integer> answer(Engine engine) {
        CollectingSink sink = new CollectingSink();
        engine.start(request("a", prompt(10, 3), Stopping.after(64)), sink);
        sink.await();
        return sink.tokens(0);
    }
}
