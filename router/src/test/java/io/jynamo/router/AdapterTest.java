package io.jynamo.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.TokenIds;
import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
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
        int[] ids = new int[16];
        Arrays.setAll(ids, i -> i);
        return router.place(new Router.Request(TokenIds.of(ids), scope, 1, 16, 0));
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
