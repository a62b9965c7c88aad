package io.jynamo.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.engine.EngineOptions;
import io.jynamo.protocol.JynamoException;
import io.jynamo.simulation.fleet.WorkerOptions;
import io.jynamo.simulation.report.Figures;
import io.jynamo.simulation.report.HtmlReport;
import io.jynamo.simulation.report.TextTable;
import io.jynamo.simulation.workload.Generators;
import io.jynamo.simulation.workload.Prompt;
import io.jynamo.simulation.workload.Session;
import io.jynamo.simulation.workload.Turn;
import io.jynamo.simulation.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SimulationTest {
    private static final Fleet FLEET = Fleet.ofMockers(3);
    private static final Workload AGENTS = Generators.agents(5, 12, 1);
    private static final Workload PROMPTS = Generators.sharedPrompt(5, 150, 8);

    @Test
    void oneRequestAloneTakesWhatTheTimingModelSays() {
        Workload one = new Workload(
                "one",
                List.of(new Session(
                        1_000_000, List.of(new Turn(new Prompt(List.of(new Prompt.Run(7, 1_000))), 11, 9, 0)))));
        Outcome outcome = run("round-robin", one, 1).outcomes().getFirst();
        assertThat(outcome.ttftMillis()).isBetween(32.1, 32.2); // 4.209989e-07 * 1000^2 + 15.18344 + 16.50142
        assertThat(outcome.tpotMillis()).isBetween(5.7, 5.9);
        assertThat(outcome.outputTokens()).isEqualTo(11);
        assertThat(outcome.cachedTokens()).isZero();
    }

    @ParameterizedTest
    @MethodSource("contenders")
    void theSameSeedGivesTheSameBytes(Contender contender) {
        Run first = run(contender, AGENTS, 1, Simulation.Checks.CHEAP);
        Run again = run(contender, AGENTS, 1, Simulation.Checks.CHEAP);
        assertThat(again.digest()).isEqualTo(first.digest());
        assertThat(page(List.of(again))).isEqualTo(page(List.of(first)));
    }

    @Test
    void anotherSeedDrawsOtherwise() {
        assertThat(run("power-of-two", PROMPTS, 2).digest())
                .isNotEqualTo(run("power-of-two", PROMPTS, 1).digest());
    }

    @ParameterizedTest
    @MethodSource("contenders")
    void everyRequestEndsOnceAndEveryPoolAddsUpAfterEveryEvent(Contender contender) {
        EngineOptions large = FLEET.worker().engine();
        Fleet fleet = new Fleet(
                2,
                new WorkerOptions(
                        new EngineOptions(
                                "small",
                                30_000,
                                64,
                                512,
                                large.maxSequences(),
                                large.maxBatchedTokens(),
                                large.prefillChunk(),
                                large.maxPause(),
                                large.maxQueue(),
                                large.aging(),
                                true),
                        FLEET.worker().timing(),
                        FLEET.worker().eventDelay()));
        Workload few = PROMPTS.first(0.2);
        Run run = Simulation.run(fleet, few, contender, 1, Simulation.Checks.ALWAYS_ALL, _ -> {});
        assertThat(run.outcomes().stream().map(Outcome::number))
                .containsExactlyElementsOf(
                        IntStream.range(0, few.requests()).boxed().toList());
        assertThat(run.outcomes()).allSatisfy(o -> {
            assertThat(o.arrivalNanos()).isLessThan(o.firstTokenNanos());
            assertThat(o.firstTokenNanos()).isLessThanOrEqualTo(o.endNanos());
            assertThat(o.cachedTokens()).isBetween(0, o.promptTokens() - 1);
        });
    }

    @Test
    void prefixesAreFoundWhereTheirRequestsAreSent() {
        double scattered = figures(run("round-robin", AGENTS, 1)).hitRate();
        for (String policy : List.of("dynamo", "chwbl", "time")) {
            assertThat(figures(run(policy, AGENTS, 1)).hitRate()).as(policy).isGreaterThan(scattered + 0.02);
        }
    }

    @Test
    void whatTheRouterExpectsOfALoneSessionIsCached() {
        Workload session = new Workload("session", AGENTS.sessions().subList(0, 1));
        for (Outcome outcome : run("dynamo", session, 1).outcomes()) {
            assertThat(outcome.cachedTokens()).isEqualTo(outcome.expectedBlocks() * 64);
            assertThat(outcome.cachedTokens() > 0).isEqualTo(outcome.number() > 0);
        }
    }

    @Test
    void thePageSaysWhatTheTableSays() {
        List<Run> runs = List.of(run("round-robin", PROMPTS, 1), run("time", PROMPTS, 1));
        String page = page(runs);
        for (String line :
                TextTable.lines(runs.stream().map(SimulationTest::figures).toList())) {
            Pattern.compile("\\s+")
                    .splitAsStream(line)
                    .forEach(word -> assertThat(page).contains(word));
        }
        assertThat(page).contains("<svg", "</html>").doesNotContain("NaN", "<script", "http");
    }

    @Test
    void tuningFindsWeightsWithoutBeingToldThem() {
        List<String> tried = new ArrayList<>();
        Contender tuned = Tuning.dynamo(FLEET, AGENTS.first(0.3), 2, tried::add);
        assertThat(tried).hasSize(Tuning.trials()).contains("dynamo 1.0/1.0");
        assertThat(tuned.name()).startsWith("dynamo-tuned ");
    }

    @Test
    void refusesAFleetOfNobody() {
        assertThatThrownBy(() -> Fleet.ofMockers(0)).isInstanceOf(JynamoException.class);
    }

    static List<Contender> contenders() {
        return List.copyOf(Contender.all().values());
    }

    private static Run run(String policy, Workload workload, long seed) {
        Contender contender = contenders().stream()
                .filter(each -> each.name().equals(policy))
                .findFirst()
                .orElseThrow();
        return run(contender, workload, seed, Simulation.Checks.CHEAP);
    }

    private static Run run(Contender contender, Workload workload, long seed, Simulation.Checks checks) {
        return Simulation.run(FLEET, workload, contender, seed, checks, _ -> {});
    }

    private static Figures figures(Run run) {
        return Figures.of(run, Figures.Target.DEFAULT);
    }

    private static String page(List<Run> runs) {
        HtmlReport page = new HtmlReport("a test", Figures.Target.DEFAULT);
        page.add(runs);
        return page.html();
    }
}
