package io.jynamo.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.FinishReason;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.RequestId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Storms of requests, cancellations, grants and shortages; every invariant after every event, every answer checked. */
class SchedulerSoakTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void staysRightInAnyStorm(long seed) {
        new Storm(seed).run(1_500);
    }

    @Test
    @Tag("long")
    void staysRightForLong() {
        for (long seed = 1_000; seed < 1_012; seed++) {
            survive(seed);
        }
        for (int i = 0; i < 4; i++) {
            survive(ThreadLocalRandom.current().nextLong());
        }
    }

    private static void survive(long seed) {
        try {
            new Storm(seed).run(20_000);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    private static final class Storm {
        final Random random;
        final RandomRequests source;
        final CoreDriver driver;
        final int maxSequences;
        /** Whether blocks never run out. */
        final boolean roomy;

        final Map<RequestId, GenerationRequest> sent = new HashMap<>();
        final Map<RequestId, Long> seeds = new HashMap<>();
        final List<RequestId> open = new ArrayList<>();

        Storm(long seed) {
            random = new Random(seed);
            source = new RandomRequests(seed);
            maxSequences = 4 + random.nextInt(12);
            int blockTokens = 1 << random.nextInt(5);
            int fewest = 112 / blockTokens;
            roomy = random.nextInt(3) == 0;
            SchedulerOptions options = new SchedulerOptions(
                    CoreDriver.VOCABULARY,
                    Set.of(CoreDriver.EOS),
                    400,
                    maxSequences,
                    maxSequences + random.nextInt(60),
                    1 + random.nextInt(30),
                    random.nextBoolean() ? Duration.ZERO : Duration.ofMillis(2),
                    5 + random.nextInt(30),
                    Duration.ofMillis(1 + random.nextInt(50)),
                    1 + random.nextInt(9),
                    random.nextInt(5) > 0);
            driver = new CoreDriver(options, roomy ? 100 * fewest : fewest + random.nextInt(fewest), blockTokens);
        }

        void run(int events) {
            for (int i = 0; i < events; i++) {
                int kind = random.nextInt(100);
                if (kind < 12) {
                    submit();
                } else if (kind < 15) {
                    pick().ifPresent(id -> driver.tell(new SchedulerEvent.Cancel(id)));
                } else if (kind < 18) {
                    pick().ifPresent(id -> driver.tell(new SchedulerEvent.CancelChoice(id, random.nextInt(4))));
                } else if (kind < 30) {
                    pick().ifPresent(id -> driver.tell(new SchedulerEvent.Grant(id, 1 + random.nextInt(9))));
                } else {
                    step();
                }
                open.removeIf(id -> driver.output(id).hasEnded());
            }
            // Everybody reads on; then all must end.
            while (!open.isEmpty()) {
                open.forEach(id -> driver.tell(new SchedulerEvent.Grant(id, 1_000)));
                driver.finish();
                open.removeIf(id -> driver.output(id).hasEnded());
            }
            if (roomy) {
                assertThat(driver.core.preemptions()).isZero();
            }
            assertThat(driver.core.liveRequests()).isZero();
            assertThat(driver.core.pool().used()).isZero();
            assertThat(driver.core.load().waitingPrefillTokens()).isZero();
            sent.keySet().forEach(this::check);
        }

        private void submit() {
            GenerationRequest request =
                    source.next(random.nextInt(3) == 0 ? 1 + random.nextInt(5) : GenerationRequest.UNLIMITED_CREDIT);
            if (random.nextInt(20) == 0) {
                request = Requests.withTimeLimit(request, Duration.ofMillis(random.nextInt(40)));
            }
            long seed = random.nextLong();
            sent.put(request.id(), request);
            seeds.put(request.id(), seed);
            open.add(request.id());
            driver.submit(request, seed);
        }

        private void step() {
            StepPlan plan = driver.plan();
            if (plan == null) {
                driver.now += 100_000;
                return;
            }
            assertThat(plan.step().tokens()).isPositive();
            checkPlaces();
            if (random.nextInt(20) == 0) {
                pick().ifPresent(id -> driver.tell(new SchedulerEvent.Cancel(id))); // while the step is computed
            }
            if (random.nextInt(20) == 0) {
                pick().ifPresent(id -> driver.tell(new SchedulerEvent.CancelChoice(id, random.nextInt(4))));
            }
            driver.compute(plan);
        }

        /** With blocks for all, the first in line waits for nobody of lower priority that comes after it. */
        private void checkPlaces() {
            Roster roster = driver.core.roster();
            if (roomy && roster.hasWaiting()) {
                assertThat(roster.outranked(roster.firstWaiting())).isNull();
            }
            assertThat(roster.running()).hasSizeLessThanOrEqualTo(maxSequences).isSortedAccordingTo(Sequence.ORDER);
        }

        private java.util.Optional<RequestId> pick() {
            open.removeIf(id -> driver.output(id).hasEnded());
            return open.isEmpty()
                    ? java.util.Optional.empty()
                    : java.util.Optional.of(open.get(random.nextInt(open.size())));
        }

        private void check(RequestId id) {
            GenerationRequest request = Objects.requireNonNull(sent.get(id));
            long seed = Objects.requireNonNull(seeds.get(id));
            CoreDriver.Output output = driver.output(id);
            GenerationEnd.Failure failure = output.end().failure();
            if (failure != null) {
                assertThat(failure.code())
                        .isIn(ErrorCode.OVERLOADED, ErrorCode.DEADLINE_EXCEEDED, ErrorCode.KV_BLOCKS_EXHAUSTED);
            }
            int total = 0;
            for (int choice = 0; choice < request.choices(); choice++) {
                List<Integer> said = output.tokens.getOrDefault(choice, List.of());
                total += said.size();
                FinishReason finish = output.finishes.get(choice);
                List<Integer> expected = said.isEmpty() && finish != FinishReason.STOP
                        ? List.of()
                        : Oracle.tokens(request, seed, choice, 400);
                if (finish == FinishReason.LENGTH || finish == FinishReason.STOP) {
                    assertThat(said).as("request %s choice %d", id, choice).isEqualTo(expected);
                } else {
                    assertThat(said).isEqualTo(expected.subList(0, said.size()));
                }
            }
            assertThat(output.end().usage().output()).isEqualTo(total);
        }
    }
}
