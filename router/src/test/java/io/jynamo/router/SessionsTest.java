package io.jynamo.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.SessionNews;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.WorkerId;
import io.jynamo.router.load.LoadColumns;
import io.jynamo.router.select.Candidates;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SessionsTest {
    private static final long SECOND = 1_000_000_000;
    private static final long TTL = 60 * SECOND;

    private final Sessions sessions = sessions();
    private long now = 1_000 * SECOND;

    private static Sessions sessions() {
        var affinity = new Affinity(Duration.ofNanos(TTL), true);
        var candidates = new Candidates(0, 16, 8);
        var roster = new Roster(RouterOptions.of(RoutingPolicy.RANDOM, 16), false, new LoadColumns(), candidates);
        return new Sessions(affinity, roster, candidates);
    }

    private static Router.Request request(String session) {
        return new Router.Request(TokenIds.of(1), CacheScope.SHARED, 1, 10, 0)
                .withWishes(Wishes.NONE.withSession(session));
    }

    private void bind(String session, long worker) {
        sessions.bind(request(session), new WorkerId(worker), now);
    }

    private void hear(String session, long worker, long age) {
        sessions.hear(new SessionNews(SessionNews.key(session), age), new WorkerId(worker), now);
    }

    private void lose(long worker) {
        sessions.forget(new WorkerId(worker));
    }

    /** The worker that has the session, or 0. */
    private long find(String session) {
        WorkerId found = sessions.find(request(session), now);
        return found == null ? 0 : found.value();
    }

    @Test
    void whatWasPassedOverHoldsWhenTheFirstOnesWorkerIsLost() {
        hear("s", 2, 0);
        hear("s", 4, 0);
        assertThat(find("s")).isEqualTo(2);
        lose(2);
        assertThat(find("s")).isEqualTo(4);
        lose(4);
        assertThat(find("s")).isZero();
    }

    @Test
    void theNextOnesWorkerMayBeLostFirst() {
        hear("s", 2, 0);
        hear("s", 4, 0);
        lose(4);
        assertThat(find("s")).isEqualTo(2);
        lose(2);
        assertThat(find("s")).isZero();
        assertThat(sessions.size()).isZero();
    }

    @Test
    void aThirdOvertakesTheNextOne() {
        bind("s", 2);
        now += 5 * SECOND;
        bind("s", 3);
        hear("s", 4, 4 * SECOND);
        assertThat(find("s")).isEqualTo(3);
        hear("s", 5, 4 * SECOND); // with the last, and of a greater number
        hear("s", 2, 5 * SECOND);
        lose(3);
        assertThat(find("s")).isEqualTo(4);
    }

    @Test
    void whoeverIsOvertakenIsNext() {
        bind("s", 2);
        now += 5 * SECOND;
        hear("s", 4, 0);
        assertThat(find("s")).isEqualTo(4);
        now += 5 * SECOND;
        hear("s", 2, 0);
        assertThat(find("s")).isEqualTo(2);
        lose(2);
        assertThat(find("s")).isEqualTo(4);
    }

    @Test
    void eachLastsForItsOwnTimeToLive() {
        hear("s", 2, 0);
        now += SECOND / 2;
        hear("s", 4, 0);
        now += TTL - SECOND / 2;
        assertThat(find("s")).isEqualTo(2);
        now++;
        assertThat(find("s")).isEqualTo(4);
        now += SECOND / 2 - 1;
        assertThat(find("s")).isEqualTo(4);
        now++;
        assertThat(find("s")).isZero();
    }

    @Test
    void whatIsOverDoesNotHoldWhenTheFirstOnesWorkerIsLostNorPassAnythingOver() {
        bind("s", 2);
        now += TTL / 2;
        bind("s", 4);
        now += TTL / 2 + 1;
        lose(4);
        assertThat(find("s")).isZero();
        hear("s", 5, TTL);
        assertThat(find("s")).isEqualTo(5);
    }

    static LongStream seeds() {
        return LongStream.concat(LongStream.rangeClosed(1, 40), LongStream.of(System.nanoTime()));
    }

    /** All that is said of one session, best first, of which two are known. */
    private record Said(long worker, long at) {}

    /** Moments lie two seconds apart, so that what is said is in one order: the younger first, then the least number. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void agreesWithTheTwoBestOfAllThatIsSaid(long seed) {
        var random = new SplittableRandom(seed);
        Map<String, List<Said>> all = new HashMap<>();
        for (int step = 0; step < 2_000; step++) {
            String session = "s" + random.nextInt(3);
            long worker = random.nextLong(1, 6);
            switch (random.nextInt(12)) {
                case 0 -> {
                    lose(worker);
                    all.values().forEach(each -> each.removeIf(one -> one.worker == worker));
                }
                case 1, 2 -> {
                    now += 2 * SECOND;
                    bind(session, worker);
                    say(all, session, new Said(worker, now));
                }
                case 3 -> now += 2 * SECOND * random.nextLong(20);
                default -> {
                    long age = 2 * SECOND * random.nextLong(random.nextInt(4) == 0 ? 40 : 4);
                    hear(session, worker, age);
                    if (age <= TTL) {
                        say(all, session, new Said(worker, now - age));
                    }
                }
            }
            assertThat(find(session))
                    .as("seed %d, step %d", seed, step)
                    .isEqualTo(best(all.getOrDefault(session, List.of())));
        }
    }

    private static void say(Map<String, List<Said>> all, String session, Said said) {
        List<Said> of = all.computeIfAbsent(session, each -> new ArrayList<>());
        of.add(said);
        of.sort(Comparator.comparingLong(Said::at).reversed().thenComparingLong(Said::worker));
        List<Said> best = new ArrayList<>();
        for (Said each : of) {
            if (best.size() < 2 && best.stream().noneMatch(other -> other.worker == each.worker)) {
                best.add(each);
            }
        }
        of.clear();
        of.addAll(best);
    }

    private long best(List<Said> of) {
        return of.stream()
                .filter(each -> now - each.at <= TTL)
                .mapToLong(Said::worker)
                .findFirst()
                .orElse(0);
    }

    @Test
    void keepsNoMoreSessionsThanItMay() {
        for (int i = 0; i <= Sessions.MOST; i++) {
            hear("s" + i, 2, 0);
            hear("s" + i, 3, 0);
        }
        assertThat(sessions.size()).isEqualTo(Sessions.MOST);
        assertThat(find("s0")).isZero();
        assertThat(find("s1")).isEqualTo(2);
    }
}
