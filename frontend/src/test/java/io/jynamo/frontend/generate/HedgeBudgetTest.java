package io.jynamo.frontend.generate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HedgeBudgetTest {
    @Test
    void itGivesTheShareAndNoMore() {
        HedgeBudget budget = new HedgeBudget(0.05);
        int given = 0;
        for (int i = 1; i <= 1_000; i++) {
            budget.onRequest();
            given += budget.tryTake() ? 1 : 0;
            assertThat(given).isLessThanOrEqualTo(i / 20);
        }
        assertThat(given).isEqualTo(50);
    }

    @Test
    void whatIsNotUsedIsKeptForABadMomentButNotForEver() {
        HedgeBudget budget = new HedgeBudget(0.5);
        for (int i = 0; i < 10_000; i++) {
            budget.onRequest();
        }
        int given = 0;
        while (budget.tryTake()) {
            given++;
        }
        assertThat(given).isEqualTo(HedgeBudget.MOST_SAVED);
        budget.giveBack();
        assertThat(budget.tryTake()).isTrue();
        assertThat(budget.tryTake()).isFalse();
    }

    @Test
    void withoutAShareThereIsNone() {
        HedgeBudget budget = new HedgeBudget(0);
        for (int i = 0; i < 1_000; i++) {
            budget.onRequest();
        }
        assertThat(budget.tryTake()).isFalse();
    }
}
