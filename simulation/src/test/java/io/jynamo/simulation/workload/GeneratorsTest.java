package io.jynamo.simulation.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class GeneratorsTest {
    @Test
    void theSameSeedMakesTheSameRequests() {
        assertThat(trace(Generators.sharedPrompt(3, 200, 5)))
                .isEqualTo(trace(Generators.sharedPrompt(3, 200, 5)))
                .isNotEqualTo(trace(Generators.sharedPrompt(4, 200, 5)));
        assertThat(trace(Generators.agents(3, 20, 1)))
                .isEqualTo(trace(Generators.agents(3, 20, 1)))
                .isNotEqualTo(trace(Generators.agents(4, 20, 1)));
    }

    @Test
    void promptsOfOneApplicationShareTheirHeadAndNothingElse() {
        Workload workload = Generators.sharedPrompt(1, 300, 10);
        assertThat(workload.requests()).isBetween(300, 332);
        long heads =
                workload.sessions().stream().map(s -> token(s, 0)).distinct().count();
        long tails = workload.sessions().stream()
                .map(s -> token(s, s.turns().getFirst().prompt().tokens() - 1))
                .distinct()
                .count();
        assertThat(heads).isBetween(5L, 40L);
        assertThat(tails).isEqualTo(workload.requests());
    }

    @Test
    void eachTurnOfAnAgentContinuesTheOneBeforeWithItsAnswer() {
        for (Session session : Generators.agents(1, 10, 1).sessions()) {
            for (int i = 1; i < session.turns().size(); i++) {
                Turn before = session.turns().get(i - 1);
                Turn after = session.turns().get(i);
                int said = before.prompt().tokens();
                assertThat(after.prompt().ids().slice(0, said))
                        .isEqualTo(before.prompt().ids());
                assertThat(after.prompt().ids().at(said)).isEqualTo(before.answer());
                assertThat(after.prompt().tokens()).isGreaterThan(said + before.outputTokens());
            }
        }
    }

    private static int token(Session session, int index) {
        return session.turns().getFirst().prompt().ids().at(index);
    }

    private static List<Integer> trace(Workload workload) {
        return workload.sessions().stream()
                .flatMap(s -> s.turns().stream()
                        .map(t -> Objects.hash(
                                s.startNanos(),
                                t.pauseNanos(),
                                t.outputTokens(),
                                t.answer(),
                                t.prompt().ids())))
                .toList();
    }
}
