package io.jynamo.runtime.discovery;

import static io.jynamo.runtime.discovery.Told.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class FeedTest {
    @Test
    void a_listener_that_is_too_slow_is_told_the_difference() {
        var inside = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        Told told = new Told();
        Feed feed = new Feed(
                        KeyPrefix.of(""),
                        new WatchListener() {
                            @Override
                            public void onPut(Entry entry) {
                                told.onPut(entry);
                                inside.countDown();
                                waitFor(go);
                            }

                            @Override
                            public void onGone(String key) {
                                told.onGone(key);
                            }

                            @Override
                            public void onStore(StoreState state) {
                                told.onStore(state);
                            }
                        },
                        closed -> {})
                .start();
        feed.put(entry("goes", "0"));
        waitFor(inside); // the first is being told, everything else waits
        feed.gone("goes");
        for (int i = 0; i <= 3 * Feed.MAX_WAITING; i++) {
            feed.put(entry("a", String.valueOf(i)));
        }
        feed.store(new StoreState.Reachable());
        go.countDown();
        told.await("up to date", Told::isReachable);
        feed.close();

        assertThat(told.log()).containsExactly("+goes=0", "+a=" + 3 * Feed.MAX_WAITING, "-goes", "reachable");
    }

    @Test
    void what_is_read_anew_tells_only_what_is_different() {
        Told told = new Told();
        Feed feed = new Feed(KeyPrefix.of("in"), told, closed -> {}).start();
        feed.replace(List.of(entry("in/a", "1"), entry("in/b", "1"), entry("in/c", "1"), entry("out", "1")));
        feed.store(new StoreState.Reachable());
        feed.store(new StoreState.Unreachable("cut"));
        feed.store(new StoreState.Unreachable("cut"));
        feed.replace(List.of(entry("in/a", "1"), entry("in/b", "2"), entry("in/d", "1")));
        feed.store(new StoreState.Reachable());
        feed.put(entry("in/d", "1"));
        feed.gone("never");
        feed.gone("in/a");
        told.awaitPresent(Map.of("in/b", "2", "in/d", "1"));
        feed.close();

        assertThat(told.log())
                .containsExactly(
                        "+in/a=1",
                        "+in/b=1",
                        "+in/c=1",
                        "reachable",
                        "unreachable",
                        "+in/b=2",
                        "+in/d=1",
                        "-in/c",
                        "reachable",
                        "-in/a");
    }

    @Test
    void closing_waits_for_the_call_that_runs() {
        var inside = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        Told told = new Told();
        Feed feed = new Feed(
                        KeyPrefix.of(""),
                        new WatchListener() {
                            @Override
                            public void onPut(Entry entry) {
                                inside.countDown();
                                waitFor(go);
                                told.onPut(entry);
                            }

                            @Override
                            public void onGone(String key) {}
                        },
                        closed -> go.countDown())
                .start();
        feed.put(entry("a", "1"));
        waitFor(inside);
        feed.close();
        assertThat(told.log()).containsExactly("+a=1");
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}
