package io.jynamo.engine.schedule;

import static io.jynamo.engine.schedule.Requests.choices;
import static io.jynamo.engine.schedule.Requests.credited;
import static io.jynamo.engine.schedule.Requests.full;
import static io.jynamo.engine.schedule.Requests.prioritised;
import static io.jynamo.engine.schedule.Requests.prompt;
import static io.jynamo.engine.schedule.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.engine.step.Step;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.FinishReason;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SchedulerCoreTest {
    private static final int BLOCK = 8;

    @Test
    void decodesFirstAndFillsTheRestWithAChunkOfThePrompt() {
        CoreDriver driver = driver(8, 64, 16, 100);
        driver.submit(request("stream", 10, 40), 1);
        driver.step();
        driver.submit(request("huge", 300, 10), 1);
        for (int i = 0; i < 10; i++) {
            StepPlan plan = plan(driver);
            assertThat(plan.step().slices()).hasSize(2);
            assertThat(plan.step().slices().getFirst().tokens()).hasSize(1);
            assertThat(plan.step().slices().getLast().tokens()).hasSize(16);
            assertThat(plan.shape()).isEqualTo(new StepPlan.Shape(16, 1, 11 + i));
            driver.compute(plan);
        }
        // Every step gave the stream its token.
        assertThat(driver.output(new RequestId("stream")).tokens.get(0)).hasSize(11);
    }

    @Test
    void usesTheWholeBudgetWhileNobodyDecodes() {
        CoreDriver driver = driver(8, 64, 16, 100);
        driver.submit(request("huge", 300, 10), 1);
        assertThat(tokens(plan(driver))).containsExactly(64);
    }

    @Test
    void aHugePromptLeavesRoomForAShortOne() {
        CoreDriver driver = driver(8, 64, 64, 100);
        driver.submit(request("huge", 300, 10), 1);
        driver.submit(request("short", 10, 10), 1);
        assertThat(tokens(plan(driver))).containsExactly(48, 10);
    }

    @Test
    void aChunkShrinksToTheTimeStreamsMayPause() {
        SchedulerOptions options = new SchedulerOptions(
                CoreDriver.VOCABULARY,
                Set.of(),
                400,
                8,
                256,
                256,
                Duration.ofMillis(10),
                10,
                Duration.ofSeconds(1),
                8,
                true);
        CoreDriver driver = new CoreDriver(options, 100, BLOCK);
        driver.submit(request("stream", 10, 300), 1);
        driver.stepNanos = 10_000_000; // 1 ms per prompt token
        driver.step();
        driver.stepNanos = 0; // decodes cost nothing
        driver.step();
        driver.submit(request("huge", 300, 10), 1);
        assertThat(tokens(plan(driver))).containsExactly(1, 8);
    }

    @Test
    void higherPriorityGoesFirstAndEqualOnesInOrder() {
        CoreDriver driver = driver(1, 64, 64, 100);
        driver.submit(request("running", 5, 2), 1);
        driver.step();
        driver.submit(prioritised("low", -1), 1);
        driver.submit(prioritised("first", 0), 1);
        driver.submit(prioritised("second", 0), 1);
        driver.submit(prioritised("high", 5), 1);
        assertThat(order(driver, "low", "first", "second", "high")).containsExactly("high", "first", "second", "low");
    }

    @Test
    void waitingMakesUpForPriority() {
        CoreDriver driver = driver(1, 64, 64, 100); // one level is worth a second
        driver.submit(request("running", 5, 2), 1);
        driver.step();
        driver.submit(prioritised("old", 0), 1);
        driver.now += 2_500_000_000L;
        driver.submit(prioritised("urgent", 3), 1);
        driver.submit(prioritised("important", 2), 1);
        assertThat(order(driver, "old", "urgent", "important")).containsExactly("urgent", "old", "important");
    }

    @Test
    void takesBlocksFromWhoeverIsLastInLine() {
        CoreDriver driver = driver(8, 64, 64, 8);
        driver.submit(prioritised("high", 1, 15, 30), 1);
        driver.submit(prioritised("later", 0, 15, 30), 1);
        driver.submit(prioritised("lowest", -1, 15, 30), 1);
        driver.step();
        assertThat(driver.core.load().running()).isEqualTo(3);
        while (driver.core.preemptions() == 0) {
            driver.step();
        }
        List<Integer> sizes = driver.sizes("high", "later", "lowest");
        assertThat(sizes.get(0)).isEqualTo(sizes.get(1)).isGreaterThan(sizes.get(2));
        driver.finish();
        assertThat(driver.sizes("high", "later", "lowest")).containsExactly(30, 30, 30);
    }

    @Test
    void aReaderWithoutCreditLosesItsBlocksFirst() {
        CoreDriver driver = driver(8, 64, 64, 7);
        driver.submit(credited("slow", 1, 25, 20, 9), 1);
        driver.submit(request("other", 10, 30), 1);
        driver.finish();
        assertThat(driver.core.preemptions()).isEqualTo(1);
        assertThat(driver.sizes("slow", "other")).containsExactly(1, 30);
        driver.tell(new SchedulerEvent.Grant(new RequestId("slow"), 100));
        driver.finish();
        assertThat(driver.sizes("slow", "other")).containsExactly(20, 30);
        assertThat(driver.output(new RequestId("slow")).tokens.get(0))
                .isEqualTo(Oracle.tokens(credited("slow", 1, 25, 20, 9), 1, 0, 400));
    }

    @Test
    void refusesWhatTheQueueCannotHold() {
        SchedulerOptions options = new SchedulerOptions(
                CoreDriver.VOCABULARY, Set.of(), 400, 1, 64, 64, Duration.ZERO, 2, Duration.ofSeconds(1), 8, true);
        CoreDriver driver = new CoreDriver(options, 100, BLOCK);
        for (int i = 0; i < 5; i++) {
            driver.submit(request("r" + i, 5, 5), 1);
        }
        assertThat(failure(driver, "r3")).isEqualTo(ErrorCode.OVERLOADED);
        assertThat(failure(driver, "r4")).isEqualTo(ErrorCode.OVERLOADED);
        driver.finish();
        assertThat(driver.sizes("r0", "r1", "r2")).containsExactly(5, 5, 5);
    }

    @Test
    void aFullQueueSaysHowLongRequestsTakeToEnd() {
        SchedulerOptions options = new SchedulerOptions(
                CoreDriver.VOCABULARY, Set.of(), 400, 1, 64, 64, Duration.ZERO, 2, Duration.ofSeconds(1), 8, true);
        SchedulerCore core = new SchedulerCore(options, new BlockPool(100, BLOCK));
        long second = Duration.ofSeconds(1).toNanos();
        for (int i = 0; i < 3; i++) {
            core.on(new SchedulerEvent.Submit(request("r" + i, 5, 5), 1), 0);
        }
        assertThat(refusal(core, "early", 1).retryAfter()).isNull();
        core.on(new SchedulerEvent.Cancel(new RequestId("r0")), 10 * second);
        core.on(new SchedulerEvent.Cancel(new RequestId("r1")), 14 * second);
        for (int i = 3; i < 5; i++) {
            core.on(new SchedulerEvent.Submit(request("r" + i, 5, 5), 1), 14 * second);
        }
        assertThat(refusal(core, "after", 15 * second).retryAfter()).isEqualTo(Duration.ofSeconds(4));
        assertThat(refusal(core, "late", 20 * second).retryAfter()).isEqualTo(Duration.ofSeconds(6));
    }

    private static GenerationEnd.Failure refusal(SchedulerCore core, String id, long now) {
        return core.on(new SchedulerEvent.Submit(request(id, 5, 5), 1), now).stream()
                .filter(SchedulerEffect.Finished.class::isInstance)
                .map(effect -> ((SchedulerEffect.Finished) effect).end().failure())
                .map(java.util.Objects::requireNonNull)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void refusesAtOnceWhatCanNeverFit() {
        CoreDriver driver = driver(4, 64, 64, 5);
        driver.submit(request("tooMuch", 10, 40), 1);
        assertThat(failure(driver, "tooMuch")).isEqualTo(ErrorCode.KV_BLOCKS_EXHAUSTED);
        driver.submit(request("tooLong", 400, 1), 1);
        assertThat(failure(driver, "tooLong")).isEqualTo(ErrorCode.CONTEXT_LENGTH_EXCEEDED);
        driver.submit(request("justFits", 10, 31), 1);
        driver.finish();
        assertThat(driver.sizes("justFits")).containsExactly(31);
    }

    @Test
    void refusesSamplingThatMakesNoSense() {
        CoreDriver driver = driver(4, 64, 64, 100);
        List<Sampling> bad = List.of(
                new Sampling(Float.NaN, 1, 0, 0, 1, 0, 0, Map.of(), null),
                new Sampling(-1, 1, 0, 0, 1, 0, 0, Map.of(), null),
                new Sampling(1, 0, 0, 0, 1, 0, 0, Map.of(), null),
                new Sampling(1, 1, -1, 0, 1, 0, 0, Map.of(), null),
                new Sampling(1, 1, 0, 2, 1, 0, 0, Map.of(), null),
                new Sampling(1, 1, 0, 0, 0, 0, 0, Map.of(), null),
                new Sampling(1, 1, 0, 0, 1, Float.NaN, 0, Map.of(), null),
                new Sampling(1, 1, 0, 0, 1, 0, 0, Map.of(CoreDriver.VOCABULARY, 1f), null));
        for (int i = 0; i < bad.size(); i++) {
            driver.submit(GenerationRequest.of(new RequestId("r" + i), prompt(5, 1), bad.get(i), Stopping.after(3)), 1);
            assertThat(failure(driver, "r" + i)).isEqualTo(ErrorCode.INVALID_REQUEST);
        }
    }

    @Test
    void expiresARequestThatWaitsAndSaysWhenToLookAgain() {
        CoreDriver driver = driver(1, 64, 64, 100);
        driver.submit(credited("blocked", 1, 5, 10, 1), 1);
        driver.step();
        List<SchedulerEffect> effects = driver.tell(new SchedulerEvent.Plan());
        long until = Duration.ofMinutes(10).toNanos();
        assertThat(effects).containsExactly(new SchedulerEffect.Idle(until));
        driver.now = until;
        effects = driver.tell(new SchedulerEvent.Plan());
        assertThat(effects.getLast()).isEqualTo(new SchedulerEffect.Idle(Long.MAX_VALUE));
        assertThat(failure(driver, "blocked")).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
        assertThat(driver.output(new RequestId("blocked")).finishes).containsEntry(0, FinishReason.ERROR);
    }

    @Test
    void theOtherChoicesGoOnWhenTheOneThatComputesThePromptIsCancelled() {
        CoreDriver driver = driver(8, 16, 16, 100);
        GenerationRequest request = choices("a", 40, 3, 10);
        driver.submit(request, 9);
        driver.step();
        driver.tell(new SchedulerEvent.CancelChoice(request.id(), 0));
        driver.finish();
        CoreDriver.Output output = driver.output(request.id());
        assertThat(output.finishes)
                .containsEntry(0, FinishReason.CANCELLED)
                .containsEntry(1, FinishReason.LENGTH)
                .containsEntry(2, FinishReason.LENGTH);
        assertThat(output.tokens.get(1)).isEqualTo(Oracle.tokens(request, 9, 1, 400));
        assertThat(output.tokens.get(2)).isEqualTo(Oracle.tokens(request, 9, 2, 400));
    }

    @Test
    void choicesShareThePromptAndCopyTheBlockThatEndsInside() {
        CoreDriver driver = driver(8, 64, 64, 100);
        driver.submit(choices("a", 20, 3, 10), 9);
        driver.step();
        assertThat(driver.core.pool().used()).isEqualTo(3);
        StepPlan plan = plan(driver);
        assertThat(plan.copies())
                .hasSize(2)
                .allSatisfy(c -> assertThat(c.tokens()).isEqualTo(4));
        assertThat(driver.core.pool().used()).isEqualTo(5);
    }

    @Test
    void aPromptGoesOnFromWhatOthersComputedMeanwhile() {
        CoreDriver driver = driver(8, 16, 16, 100);
        driver.submit(request("first", 64, 5), 1);
        driver.step();
        driver.step();
        driver.submit(request("same", 64, 5), 1);
        driver.finish();
        assertThat(driver.output(new RequestId("same")).cached).isGreaterThan(16);
        long computed = driver.steps.stream().mapToLong(Step::tokens).sum();
        assertThat(computed).isLessThan(64 + 64 + 10);
    }

    @Test
    void promptLogprobsAreToldOnceAndWhole() {
        CoreDriver driver = driver(8, 64, 64, 100);
        GenerationRequest request = new GenerationRequest(
                new RequestId("a"),
                prompt(40, 3),
                Sampling.GREEDY,
                new Stopping(3, 0, Set.of(), true),
                CacheScope.SHARED,
                2,
                1,
                2,
                0,
                Duration.ofMinutes(1),
                GenerationRequest.UNLIMITED_CREDIT);
        driver.submit(request, 1);
        driver.finish();
        // At most eight rows of logits a step, so five steps for the prompt.
        assertThat(driver.steps.getFirst().logitsRows()).isEqualTo(8);
        CoreDriver.Output output = driver.output(request.id());
        assertThat(output.prompt).hasSize(39);
        for (int i = 0; i < 39; i++) {
            assertThat(output.prompt.get(i).token()).isEqualTo(request.prompt().at(i + 1));
            assertThat(output.prompt.get(i).topTokens()).hasSize(2);
        }
        assertThat(output.logprobs).hasSize(6);
    }

    @Test
    void refusesMisuse() {
        CoreDriver driver = driver(4, 64, 64, 100);
        driver.submit(request("a", 5, 5), 1);
        assertThatThrownBy(() -> driver.submit(request("a", 5, 5), 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> driver.tell(new SchedulerEvent.Computed(new StepResult())))
                .isInstanceOf(IllegalStateException.class);
        plan(driver);
        assertThatThrownBy(driver::plan).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void drainingRefusesAndAbandoningEndsEverybody() {
        CoreDriver driver = driver(4, 64, 64, 100);
        driver.submit(request("a", 5, 50), 1);
        driver.step();
        driver.tell(new SchedulerEvent.Drain());
        driver.submit(request("b", 5, 5), 1);
        assertThat(failure(driver, "b")).isEqualTo(ErrorCode.NOT_READY);
        driver.step();
        driver.tell(new SchedulerEvent.Abandon(ErrorCode.WORKER_LOST, "gone"));
        assertThat(failure(driver, "a")).isEqualTo(ErrorCode.WORKER_LOST);
        assertThat(driver.core.pool().used()).isZero();
    }

    @Test
    void loadCountsWhatIsThere() {
        CoreDriver driver = driver(2, 64, 64, 100);
        driver.submit(request("a", 16, 50), 1);
        driver.step();
        driver.submit(full("b", 100, 50, 1, 0, GenerationRequest.UNLIMITED_CREDIT, 5), 1);
        driver.submit(request("c", 16, 50), 1);
        // Of c's prompt, the first block is cached; the second holds its last token.
        assertThat(driver.core.load().waitingPrefillTokens()).isEqualTo(100 + 8);
        driver.step();
        assertThat(driver.core.load().running()).isEqualTo(2);
        assertThat(driver.core.load().waiting()).isEqualTo(1);
        assertThat(driver.core.load().waitingPrefillTokens()).isEqualTo(100 - 40 + 8);
    }

    private static CoreDriver driver(int sequences, int tokens, int chunk, int blocks) {
        return new CoreDriver(CoreDriver.options(sequences, tokens, chunk, true), blocks, BLOCK);
    }

    private static StepPlan plan(CoreDriver driver) {
        return Objects.requireNonNull(driver.plan(), "there is nothing to do");
    }

    private static List<Integer> tokens(StepPlan plan) {
        return plan.step().slices().stream().map(s -> s.tokens().length).toList();
    }

    /** Runs to the end; the requests in the order in which they got their first token. */
    private static List<String> order(CoreDriver driver, String... ids) {
        List<String> order = new java.util.ArrayList<>();
        while (driver.step()) {
            for (String id : ids) {
                if (driver.output(new RequestId(id)).cached >= 0 && !order.contains(id)) {
                    order.add(id);
                }
            }
        }
        return order;
    }

    private static ErrorCode failure(CoreDriver driver, String id) {
        return Objects.requireNonNull(driver.output(new RequestId(id)).end().failure(), "it did not fail")
                .code();
    }
}
