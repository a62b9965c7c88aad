package io.jynamo.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.SessionNews;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.WorkerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two routers before the same workers, which tell each what the other gave them. */
class SharedSessionsTest {
    private static final int BLOCK = 4;
    private static final Duration TTL = Duration.ofMinutes(1);

    private final List<Side> sides = new ArrayList<>();
    private long now = 1;

    /** A router, and the workers as it sees them. */
    private final class Side {
        private final PolicyRouter router;
        private final List<FakeWorker> workers = new ArrayList<>();

        Side(int seed) {
            RouterOptions options =
                    RouterOptions.of(RoutingPolicy.RANDOM, BLOCK).withAffinity(new Affinity(TTL, true));
            router = new PolicyRouter(options, new Random(seed), () -> now);
            for (int i = 1; i <= 5; i++) {
                workers.add(new FakeWorker(i, BLOCK));
                router.add(workers.getLast());
            }
        }

        long place(String session) {
            Placement placement = router.place(request().withWishes(Wishes.NONE.withSession(session)));
            placement.booking().release();
            return placement.worker().id().value();
        }

        long pinned(String session, long worker) {
            Wishes wishes = Wishes.pinnedTo(new WorkerId(worker)).withSession(session);
            router.place(request().withWishes(wishes)).booking().release();
            return worker;
        }

        private Router.Request request() {
            return new Router.Request(TokenIds.of(1, 2, 3, 4, 5, 6, 7, 8), CacheScope.SHARED, 1, 10, 0);
        }
    }

    @BeforeEach
    void start() {
        sides.add(new Side(1));
        sides.add(new Side(2));
    }

    @AfterEach
    void close() {
        sides.forEach(side -> side.router.close());
    }

    /** What each side gave the workers reaches the other. */
    private void exchange() {
        for (int i = 0; i < 5; i++) {
            FakeWorker one = sides.get(0).workers.get(i);
            FakeWorker other = sides.get(1).workers.get(i);
            List<Long> byOne = one.told();
            List<Long> byOther = other.told();
            byOne.forEach(session -> other.say(new SessionNews(session, 0)));
            byOther.forEach(session -> one.say(new SessionNews(session, 0)));
        }
    }

    @Test
    void aSessionIsOnOneWorkerWhicheverRouterIsAsked() {
        for (int session = 0; session < 20; session++) {
            long home = sides.get(0).place("s" + session);
            for (int turn = 0; turn < 4; turn++) {
                exchange();
                assertThat(sides.get(turn % 2).place("s" + session)).isEqualTo(home);
            }
        }
    }

    @Test
    void routersThatGaveItToTwoWorkersAtOnceAgreeAfterwards() {
        for (int round = 0; round < 2; round++) {
            String session = "at once " + round;
            sides.get(round).pinned(session, 4);
            sides.get(1 - round).pinned(session, 2);
            exchange();
            assertThat(sides.get(0).place(session)).isEqualTo(2);
            assertThat(sides.get(1).place(session)).isEqualTo(2);
        }
    }

    @Test
    void andAgreeWhenTheWorkerOfTheOneThatHeldIsLost() {
        for (int round = 0; round < 2; round++) {
            String session = "at once " + round;
            sides.get(round).pinned(session, 4);
            sides.get(1 - round).pinned(session, 2);
        }
        exchange();
        sides.forEach(side -> side.router.remove(new WorkerId(2)));
        for (int round = 0; round < 2; round++) {
            assertThat(sides.get(0).place("at once " + round)).isEqualTo(4);
            assertThat(sides.get(1).place("at once " + round)).isEqualTo(4);
        }
    }

    @Test
    void theYoungerHolds() {
        sides.get(0).pinned("s", 2);
        exchange();
        now += Duration.ofSeconds(5).toNanos();
        sides.get(1).pinned("s", 4);
        FakeWorker second = sides.get(0).workers.get(1);
        FakeWorker fourth = sides.get(0).workers.get(3);
        fourth.say(new SessionNews(SessionNews.key("s"), 0));
        assertThat(sides.get(0).place("s")).isEqualTo(4);
        second.say(new SessionNews(SessionNews.key("s"), Duration.ofSeconds(5).toNanos()));
        assertThat(sides.get(0).place("s")).isEqualTo(4);
    }

    @Test
    void whatIsTooOldOrOfAWorkerThatLeftIsNotHeard() {
        FakeWorker third = sides.get(0).workers.get(2);
        third.say(new SessionNews(SessionNews.key("old"), TTL.toNanos() + 1));
        third.say(new SessionNews(SessionNews.key("gone"), 0));
        sides.get(0).router.remove(third.id());
        third.say(new SessionNews(SessionNews.key("gone"), 0));
        sides.get(0).router.add(new FakeWorker(3, BLOCK));
        assertThat(homes("old")).hasSizeGreaterThan(1);
        assertThat(homes("gone")).hasSizeGreaterThan(1);
    }

    /** Where routers of other seeds put the session's first request, each told nothing else. */
    private List<Long> homes(String session) {
        List<Long> homes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            homes.add(sides.get(0).place(session + (i == 0 ? "" : i)));
        }
        return homes.stream().distinct().toList();
    }
}
