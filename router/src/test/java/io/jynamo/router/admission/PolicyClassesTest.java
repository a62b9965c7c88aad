package io.jynamo.router.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.router.BusyRule;
import io.jynamo.router.Router.Queue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PolicyClassesTest {
    private static final PolicyClasses CLASSES = new PolicyClasses(
            List.of(named("hot"), named("cold"), named("quick_hot"), named("quick_cold"), named("vip")),
            List.of(0L, 3_072L),
            Map.of("standard", List.of(0, 1), "quick", List.of(2, 3)),
            "standard");

    @Test
    void theFamilyIsTheClientsAndTheBucketIsTheCaches() {
        assertThat(CLASSES.of(null, 0)).isEqualTo(0);
        assertThat(CLASSES.of(null, 3_071)).isEqualTo(0);
        assertThat(CLASSES.of(null, 3_072)).isEqualTo(1);
        assertThat(CLASSES.of("quick", 3_071)).isEqualTo(2);
        assertThat(CLASSES.of("quick", 100_000)).isEqualTo(3);
    }

    @Test
    void aClassOutsideFamiliesIsNamedItselfAndNoOther() {
        assertThat(CLASSES.of("vip", 100_000)).isEqualTo(4);
        assertThat(CLASSES.of("quick_hot", 100_000)).as("of the default family").isEqualTo(1);
        assertThat(CLASSES.of("never heard of", 5)).isEqualTo(0);
    }

    @Test
    void classesThatDoNotFitTogetherAreRefused() {
        refused(() -> new PolicyClasses(List.of(named("a")), List.of(1L), Map.of("f", List.of(0)), "f"), "begin at 0");
        refused(
                () -> new PolicyClasses(List.of(named("a")), List.of(0L, 0L), Map.of("f", List.of(0, 0)), "f"),
                "rising");
        refused(() -> new PolicyClasses(List.of(named("a")), List.of(0L), Map.of("f", List.of(0)), "g"), "`g`");
        refused(
                () -> new PolicyClasses(List.of(named("a"), named("a")), List.of(0L), Map.of("f", List.of(0)), "f"),
                "two classes");
        refused(() -> new PolicyClasses(List.of(named("a")), List.of(0L), Map.of("f", List.of()), "f"), "one class");
        refused(() -> new PolicyClasses(List.of(named("a")), List.of(0L), Map.of("f", List.of(1)), "f"), "index 1");
        refused(
                () -> new PolicyClass("a", QueuePolicy.FCFS, 0, BusyRule.NEVER, PolicyClass.Limits.NONE),
                "from 1 to 1000000000");
    }

    @Test
    void theRequestThatCrossesALimitStillWaitsAndTheNextDoesNot() {
        assertThat(refusals(new PolicyClass.Limits(2L, null, null)))
                .containsExactly(
                        null, null, null, null, "4 requests of it wait, as many as may (2 for each of 2 workers)");
        assertThat(refusals(new PolicyClass.Limits(null, 15L, null)))
                .containsExactly(
                        null, null, null, "30 prompt tokens of it wait, as many as may (15 for each of 2 workers)");
        assertThat(refusals(new PolicyClass.Limits(null, null, 4L)))
                .containsExactly(
                        null,
                        null,
                        null,
                        "9 cached prompt tokens of it wait, as many as may (4 for each of 2 workers)");
    }

    @Test
    void limitsAreAClassesOwn() {
        WaitingLoad load = load(new PolicyClass.Limits(1L, null, null));
        load.add(0, 10, 3);
        load.add(0, 10, 3);
        assertThat(load.refusal(0, 10, 1)).isNotNull();
        assertThat(load.refusal(1, 10, 1)).isNull();
        assertThat(load.byClass()).isEqualTo(Map.of("a", new Queue(2, 20, 6), "b", Queue.EMPTY));
        load.remove(0, 10, 3);
        load.remove(0, 10, 3);
        assertThat(load.refusal(0, 10, 1)).isNull();
        assertThat(load.all()).isEqualTo(Queue.EMPTY);
    }

    @Test
    void aLimitOfNoneLetsNobodyWait() {
        assertThat(load(new PolicyClass.Limits(0L, null, null)).refusal(0, 1, 3))
                .isEqualTo(
                        "requests of class `a` find no room, and 0 requests of it wait, as many as may (0 for each of"
                                + " 3 workers)");
    }

    /** What requests of 10 tokens, 3 of them cached, are told one after the other, until one is refused; two workers. */
    private static List<@Nullable String> refusals(PolicyClass.Limits limits) {
        WaitingLoad load = load(limits);
        List<@Nullable String> told = new ArrayList<>();
        String refusal = null;
        while (refusal == null) {
            refusal = load.refusal(0, 10, 2);
            load.add(0, 10, 3);
            told.add(refusal == null ? null : refusal.substring(refusal.indexOf(", and ") + ", and ".length()));
        }
        return told;
    }

    private static WaitingLoad load(PolicyClass.Limits limits) {
        PolicyClass limited = new PolicyClass("a", QueuePolicy.FCFS, 1, BusyRule.NEVER, limits);
        var classes = new PolicyClasses(
                List.of(limited, named("b")), List.of(0L), Map.of("f", List.of(0), "g", List.of(1)), "f");
        return new WaitingLoad(AdmissionOptions.DEFAULT.withClasses(classes));
    }

    private static PolicyClass named(String name) {
        return new PolicyClass(name, QueuePolicy.FCFS, 1, BusyRule.NEVER, PolicyClass.Limits.NONE);
    }

    private static void refused(ThrowingCallable make, String words) {
        assertThatThrownBy(make)
                .isInstanceOfSatisfying(
                        JynamoException.class,
                        wrong -> assertThat(wrong.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .hasMessageContaining(words);
    }
}
