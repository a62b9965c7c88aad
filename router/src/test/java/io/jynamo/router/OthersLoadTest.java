package io.jynamo.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.OthersLoad;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.WorkerId;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A router that shares its workers with others chooses by what these gave them too, and forgets it when told so. */
class OthersLoadTest {
    @ParameterizedTest
    @EnumSource(
            value = RoutingPolicy.class,
            names = {"LEAST_LOADED", "PREFIX_AFFINITY", "TIME"})
    void avoidsAWorkerThatOthersKeepBusy(RoutingPolicy policy) {
        try (var router = new PolicyRouter(RouterOptions.of(policy, 4), new Random(1))) {
            FakeWorker busy = new FakeWorker(1, 4);
            router.add(busy);
            router.add(new FakeWorker(2, 4));
            var request = new Router.Request(TokenIds.of(1, 2, 3, 4, 5), CacheScope.SHARED, 1, 10, 0);
            busy.othersGive(new OthersLoad(9, 50_000, 600));
            for (int i = 0; i < 10; i++) {
                assertThat(router.place(request).worker().id()).isEqualTo(new WorkerId(2));
            }
            assertThat(router.status().workers().getFirst().others().requests()).isEqualTo(9);
            assertThat(router.status().workers().getFirst().requests()).isZero();
            assertThat(router.status().workers().getFirst().divergence())
                    .as("it says that it has none")
                    .isEqualTo(9);
            busy.has(9);
            assertThat(router.status().workers().getFirst().divergence()).isZero();
            busy.othersGive(OthersLoad.NONE);
            assertThat(router.place(request).worker().id()).isEqualTo(new WorkerId(1));
        }
    }
}
