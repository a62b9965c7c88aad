package io.jynamo.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.WorkerId;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests for a LoRA adapter go to workers that have it, whatever the policy. */
class AdapterTest {
    private static final int BLOCK = 4;
    private PolicyRouter router = router(RoutingPolicy.TIME);

    private static PolicyRouter router(RoutingPolicy policy) {
        return new PolicyRouter(RouterOptions.of(policy, BLOCK), new SplittableRandom(1));
    }

    @AfterEach
    void close() {
        router.close();
    }

    private Placement place(CacheScope scope) {
        return router.place(request(scope));
    }

    private static Router.Request request(CacheScope scope) {
        int[] ids = new int[16];
        Arrays.setAll(ids, i -> i);
        return new Router.Request(TokenIds.of(ids), scope, 1, 16, 0);
    }

    @ParameterizedTest
    @EnumSource
    void goToAWorkerThatHasIt(RoutingPolicy policy) {
        router.close();
        router = router(policy);
        FakeWorker late = new FakeWorker(3, BLOCK);
        router.add(new FakeWorker(1, BLOCK));
        router.add(new FakeWorker(2, BLOCK).with(Set.of("sql", "poems")));
        router.add(late);
        for (int i = 0; i < 20; i++) {
            assertThat(place(new CacheScope("sql", null)).worker().id().value()).isEqualTo(2);
        }
        late.with(Set.of("sql"));
        Placement other = place(new CacheScope("sql", null));
        for (int i = 0; i < 200 && other.worker().id().value() == 2; i++) {
            other = place(new CacheScope("sql", null));
        }
        assertThat(other.worker().id().value()).as("loaded while it runs").isEqualTo(3);
    }

    /** Without load, workers that cost the same take turns. */
    @ParameterizedTest
    @EnumSource(names = {"TIME", "PREFIX_AFFINITY", "LEAST_LOADED"})
    void stayWhereTheyAreLoaded(RoutingPolicy policy) {
        router.close();
        router = router(policy);
        for (int id = 1; id <= 3; id++) {
            router.add(new FakeWorker(id, BLOCK).with(Set.of("sql", "poems")));
        }
        CacheScope sql = new CacheScope("sql", null);
        Set<Long> used = new HashSet<>();
        for (int i = 0; i < 9; i++) {
            Placement one = place(sql);
            used.add(one.worker().id().value());
            one.booking().release();
        }
        assertThat(used).as("one worker loads it").hasSize(1);
        Set<Long> others = new HashSet<>();
        for (int i = 0; i < 9; i++) {
            Placement one = place(CacheScope.SHARED);
            others.add(one.worker().id().value());
            one.booking().release();
        }
        assertThat(others).as("the model itself is everywhere").hasSize(3);
        for (int i = 0; i < 400; i++) {
            used.add(place(sql).worker().id().value());
        }
        assertThat(used).as("where its worker is busy, others load it too").hasSize(3);
    }

    @ParameterizedTest
    @EnumSource(names = {"TIME", "PREFIX_AFFINITY", "LEAST_LOADED"})
    void explainWhatLoadingThemCosts(RoutingPolicy policy) {
        router.close();
        router = router(policy);
        router.add(new FakeWorker(1, BLOCK).with(Set.of("sql")));
        router.add(new FakeWorker(2, BLOCK).with(Set.of("sql")));
        WorkerId has = place(new CacheScope("sql", null)).worker().id();
        Explanation why = router.explain(request(new CacheScope("sql", null)));
        assertThat(why.candidates()).allSatisfy(one -> {
            double load = one.terms().stream()
                    .filter(term -> term.name().equals("adapter_load"))
                    .mapToDouble(Explanation.Term::value)
                    .sum();
            if (one.worker().equals(has)) {
                assertThat(load).isZero();
            } else {
                assertThat(load).isPositive();
            }
            assertThat(one.terms().stream().mapToDouble(Explanation.Term::value).sum())
                    .isCloseTo(one.cost(), within(1e-6));
        });
        assertThat(router.explain(request(CacheScope.SHARED)).candidates())
                .allSatisfy(one -> assertThat(one.terms())
                        .extracting(Explanation.Term::name)
                        .doesNotContain("adapter_load"));
    }

    @Test
    void areTakenToBePutOutByThoseUsedSince() {
        AdapterUse use = new AdapterUse();
        assertThat(use.missing("a")).isEqualTo(1);
        use.use("a");
        assertThat(use.missing("a")).isZero();
        for (int i = 1; i < AdapterUse.SLOTS; i++) {
            use.use("other" + i);
            assertThat(use.missing("a")).isEqualTo((double) i / AdapterUse.SLOTS);
        }
        use.use("a");
        assertThat(use.missing("a")).isZero();
        use.use("one more");
        assertThat(use.missing("other1")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void areRefusedWhereNobodyHasIt(RoutingPolicy policy) {
        router.close();
        router = router(policy);
        router.add(new FakeWorker(1, BLOCK).with(Set.of("poems")));
        assertThatThrownBy(() -> place(new CacheScope("sql", null)))
                .isInstanceOfSatisfying(
                        JynamoException.class,
                        refused -> assertThat(refused.code()).isEqualTo(ErrorCode.NOT_READY))
                .hasMessageContaining("adapter `sql`");
        assertThat(place(CacheScope.SHARED).worker().id().value()).isEqualTo(1);
    }
}
