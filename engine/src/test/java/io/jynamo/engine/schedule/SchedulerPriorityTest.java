package io.jynamo.engine.schedule;

import static io.jynamo.engine.schedule.Requests.credited;
import static io.jynamo.engine.schedule.Requests.full;
import static io.jynamo.engine.schedule.Requests.prioritised;
import static io.jynamo.engine.schedule.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.engine.step.Step;
import io.jynamo.protocol.GenerationRequest;
import org.junit.jupiter.api.Test;

/** Who makes way for whom among running requests, and what that costs. */
class SchedulerPriorityTest {
    private static final int BLOCK = 8;

    @Test
    void aHigherPriorityTakesThePlaceOfTheLowest() {
        CoreDriver driver = driver(3, 64, 64, 100);
        driver.submit(prioritised("middle", 1, 15, 30), 1);
        driver.submit(prioritised("low", 0, 15, 30), 1);
        driver.submit(prioritised("lower", 0, 15, 30), 1);
        driver.step();
        driver.step();
        driver.submit(prioritised("high", 2, 15, 30), 1);
        driver.step();
        assertThat(driver.running()).containsExactly("high", "middle", "low");
        assertThat(driver.core.displacements()).isEqualTo(1);
        driver.finish();
        assertThat(driver.sizes("high", "middle", "low", "lower")).containsExactly(30, 30, 30, 30);
        assertThat(driver.core.preemptions()).as("nobody needed its blocks").isZero();
        GenerationRequest lower = prioritised("lower", 0, 15, 30);
        assertThat(driver.output(lower.id()).tokens.get(0)).isEqualTo(Oracle.tokens(lower, 1, 0, 400));
    }

    @Test
    void aHigherPriorityTakesTheBlocksOfTheLowest() {
        CoreDriver driver = driver(8, 64, 64, 12);
        driver.submit(prioritised("middle", 1, 15, 30), 1);
        driver.submit(prioritised("low", 0, 40, 30), 1);
        driver.step();
        driver.step();
        driver.submit(prioritised("high", 2, 50, 10), 1);
        driver.step();
        assertThat(driver.running()).containsExactly("high", "middle");
        driver.finish();
        assertThat(driver.sizes("high", "middle", "low")).containsExactly(10, 30, 30);
        GenerationRequest low = prioritised("low", 0, 40, 30);
        assertThat(driver.output(low.id()).tokens.get(0)).isEqualTo(Oracle.tokens(low, 1, 0, 400));
    }

    @Test
    void nobodyMakesWayInVain() {
        CoreDriver driver = driver(8, 64, 64, 12);
        driver.submit(prioritised("first", 2, 50, 12), 1);
        driver.submit(prioritised("low", 0, 15, 20), 1);
        driver.step();
        driver.submit(prioritised("high", 2, 60, 10), 1); // first and high do not fit together
        driver.step();
        assertThat(driver.running()).containsExactly("first", "low");
        driver.finish();
        assertThat(driver.sizes("first", "low", "high")).containsExactly(12, 20, 10);
    }

    @Test
    void equalPriorityDoesNotDisplace() {
        CoreDriver driver = driver(1, 64, 64, 100);
        driver.submit(prioritised("running", 3, 15, 30), 1);
        driver.step();
        driver.submit(prioritised("same", 3, 15, 30), 1);
        driver.submit(prioritised("lower", 2, 15, 30), 1);
        driver.step();
        assertThat(driver.running()).containsExactly("running");
        assertThat(driver.core.displacements()).isZero();
    }

    @Test
    void whoHasWaitedLongEnoughIsNotDisplaced() {
        CoreDriver driver = driver(1, 64, 64, 100); // one level is worth a second
        driver.submit(prioritised("old", 0, 15, 30), 1);
        driver.step();
        driver.now += 1_500_000_000L;
        driver.submit(prioritised("high", 1, 15, 30), 1);
        driver.step();
        assertThat(driver.running()).containsExactly("old");
        driver.submit(prioritised("higher", 2, 15, 30), 1);
        driver.step();
        assertThat(driver.running()).containsExactly("higher");
    }

    /** Between two that overtake, one of low priority comes back who kept its blocks. */
    @Test
    void everyHigherPriorityBehindAResumedOneOvertakesInTheSameStep() {
        CoreDriver driver = driver(3, 64, 64, 100);
        GenerationRequest reader = credited("reader", 1, 5, 20, 1);
        driver.submit(reader, 1);
        driver.step(); // it has its one token and waits for credit
        driver.now = 900_000_000L;
        driver.submit(prioritised("low", 0, 15, 30), 1);
        driver.step();
        driver.now = 1_500_000_000L; // one level is worth a second: first, reader, second, low
        driver.submit(prioritised("first", 2, 15, 30), 1);
        driver.submit(prioritised("second", 1, 15, 30), 1);
        driver.tell(new SchedulerEvent.Grant(reader.id(), 100));
        driver.step();
        assertThat(driver.running()).containsExactly("first", "reader", "second");
    }

    @Test
    void aPromptThatWasOvertakenGoesOnWhereItWas() {
        CoreDriver driver = driver(1, 32, 32, 100);
        driver.submit(prioritised("long", 0, 100, 5), 1);
        driver.step();
        driver.submit(prioritised("urgent", 1, 10, 3), 1);
        driver.finish();
        assertThat(driver.sizes("long", "urgent")).containsExactly(5, 3);
        long computed = driver.steps.stream().mapToLong(Step::tokens).sum();
        assertThat(computed).isEqualTo(100 + 4 + 10 + 2);
    }

    @Test
    void twoThatDoNotFitTogetherDoNotTakeTheirBlocksFromEachOtherForEver() {
        CoreDriver driver = driver(8, 64, 64, 40);
        driver.submit(request("first", 8, 300), 1);
        driver.submit(full("second", 8, 300, 1, 0, GenerationRequest.UNLIMITED_CREDIT, 2), 1);
        driver.finish();
        assertThat(driver.sizes("first", "second")).containsExactly(300, 300);
        assertThat(driver.core.preemptions()).isBetween(1L, 4L);
    }

    private static CoreDriver driver(int sequences, int tokens, int chunk, int blocks) {
        return new CoreDriver(CoreDriver.options(sequences, tokens, chunk, true), blocks, BLOCK);
    }
}
