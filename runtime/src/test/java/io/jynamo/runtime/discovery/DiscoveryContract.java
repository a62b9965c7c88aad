package io.jynamo.runtime.discovery;

import static io.jynamo.runtime.discovery.Told.entry;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every store of announcements does alike. */
abstract class DiscoveryContract {
    private final ArrayDeque<AutoCloseable> opened = new ArrayDeque<>();

    /** Another process's access to the one store of this test. */
    protected abstract Discovery another();

    protected final Discovery open() {
        return closing(another());
    }

    protected final <T extends AutoCloseable> T closing(T it) {
        opened.push(it);
        return it;
    }

    @AfterEach
    void close_what_was_opened() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    protected final Told watch(Discovery discovery, String prefix) {
        Told told = new Told();
        closing(discovery.watch(prefix, told));
        return told;
    }

    @Test
    void what_is_published_is_seen_updated_and_gone_when_closed() {
        Discovery worker = open();
        Told told = watch(open(), "instances");
        told.await("up to date", Told::isReachable);

        Registration registration = worker.publish(entry("instances/blue/generate/1f", "one"));
        told.awaitLog("+instances/blue/generate/1f=one");
        registration.update("two".getBytes(UTF_8));
        told.awaitLog("+instances/blue/generate/1f=two");
        registration.close();
        told.awaitPresent(Map.of());

        assertThat(told.log())
                .containsExactly(
                        "reachable",
                        "+instances/blue/generate/1f=one",
                        "+instances/blue/generate/1f=two",
                        "-instances/blue/generate/1f");
    }

    @Test
    void who_comes_late_is_told_of_everything_before_that_the_store_is_reached() {
        Discovery worker = open();
        worker.publish(entry("models/a", "1"));
        worker.publish(entry("models/b", "2"));
        open().publish(entry("models/c", "3"));

        Told told = watch(open(), "models").await("up to date", Told::isReachable);

        assertThat(told.present()).isEqualTo(Map.of("models/a", "1", "models/b", "2", "models/c", "3"));
        assertThat(told.log()).hasSize(4).endsWith("reachable");
    }

    @Test
    void a_publisher_sees_its_own() {
        Discovery discovery = open();
        Told told = watch(discovery, "");
        discovery.publish(entry("a", "1"));
        told.awaitPresent(Map.of("a", "1"));
    }

    @Test
    void an_update_with_the_same_value_tells_nothing() {
        Discovery worker = open();
        Told told = watch(open(), "");
        Registration registration = worker.publish(entry("a", "same"));
        told.awaitPresent(Map.of("a", "same"));
        registration.update("same".getBytes(UTF_8));
        worker.publish(entry("b", "after"));
        told.awaitPresent(Map.of("a", "same", "b", "after"));
        assertThat(told.log()).filteredOn("+a=same"::equals).hasSize(1);
    }

    @Test
    void values_come_in_the_order_they_were_given() {
        Discovery worker = open();
        Told told = watch(open(), "");
        Registration registration = worker.publish(entry("counter", "0"));
        for (int i = 1; i <= 100; i++) {
            registration.update(String.valueOf(i).getBytes(UTF_8));
        }
        told.awaitPresent(Map.of("counter", "100"));
        List<Integer> seen = told.log().stream()
                .filter(line -> line.startsWith("+counter="))
                .map(line -> Integer.parseInt(line.substring("+counter=".length())))
                .toList();
        assertThat(seen).isSorted().doesNotHaveDuplicates().endsWith(100);
    }

    @Test
    void two_publishers_do_not_disturb_each_other() {
        Discovery first = open();
        Discovery second = another();
        Told told = watch(open(), "instances");
        first.publish(entry("instances/1", "first"));
        second.publish(entry("instances/2", "second"));
        told.awaitPresent(Map.of("instances/1", "first", "instances/2", "second"));
        closing(second).close();
        told.awaitPresent(Map.of("instances/1", "first"));
    }

    @Test
    void a_prefix_does_not_match_half_a_segment() {
        Discovery worker = open();
        worker.publish(entry("instances/blue", "itself"));
        worker.publish(entry("instances/blue/1", "in"));
        worker.publish(entry("instances/bluebird/1", "out"));
        worker.publish(entry("instances/blue-1/1", "out"));
        worker.publish(entry("instances/blue.1", "out"));
        worker.publish(entry("instances", "out"));

        Told told = watch(open(), "instances/blue").await("up to date", Told::isReachable);
        Told slash = watch(open(), "instances/blue/").await("up to date", Told::isReachable);
        Told all = watch(open(), "").await("up to date", Told::isReachable);

        assertThat(told.present()).isEqualTo(Map.of("instances/blue", "itself", "instances/blue/1", "in"));
        assertThat(slash.present()).isEqualTo(told.present());
        assertThat(all.present()).hasSize(6);

        worker.publish(entry("instances/blue_2/1", "out"));
        worker.publish(entry("instances/blue/2", "in"));
        told.awaitLog("+instances/blue/2=in");
        assertThat(told.present()).hasSize(3);
    }

    @Test
    void closing_a_process_withdraws_everything_it_published() {
        Discovery worker = another();
        Told told = watch(open(), "");
        IntStream.range(0, 20).forEach(i -> worker.publish(entry("a/" + i, "x")));
        told.await("all", it -> it.present().size() == 20);
        worker.close();
        told.awaitPresent(Map.of());
        assertThatThrownBy(() -> worker.publish(entry("b", ""))).isInstanceOf(JynamoException.class);
        assertThatThrownBy(() -> worker.watch("", new Told())).isInstanceOf(JynamoException.class);
        worker.close(); // twice does nothing
    }

    @Test
    void two_thousand_entries_are_all_told() throws Exception {
        List<Discovery> workers = List.of(open(), open(), open(), open());
        Told early = watch(open(), "instances");
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (int w = 0; w < workers.size(); w++) {
            int worker = w;
            running.add(CompletableFuture.runAsync(() -> IntStream.range(0, 500)
                    .forEach(i -> workers.get(worker).publish(entry("instances/" + worker + "/" + i, "v" + i)))));
        }
        for (CompletableFuture<Void> each : running) {
            each.get();
        }
        early.await("2000", it -> it.present().size() == 2_000);
        Told late = watch(open(), "instances").await("up to date", Told::isReachable);
        assertThat(late.present()).hasSize(2_000).isEqualTo(early.present());
        workers.get(0).close();
        early.await("1500", it -> it.present().size() == 1_500);
    }

    @Test
    void a_key_can_be_published_again_after_it_was_closed() {
        Discovery worker = open();
        Told told = watch(open(), "");
        Registration first = worker.publish(entry("a", "1"));
        told.awaitPresent(Map.of("a", "1"));
        first.close();
        told.awaitPresent(Map.of());
        worker.publish(entry("a", "2"));
        told.awaitPresent(Map.of("a", "2"));
        first.close(); // of the earlier registration: changes nothing
        first.update(new byte[] {'3'});
        worker.publish(entry("b", "after"));
        told.awaitPresent(Map.of("a", "2", "b", "after"));
        assertThat(told.log()).filteredOn(line -> line.startsWith("-a")).hasSize(1);
    }

    @Test
    void a_key_is_published_once_by_a_process() {
        Discovery worker = open();
        worker.publish(entry("a", "1"));
        assertThatThrownBy(() -> worker.publish(entry("a", "2")))
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .hasMessageContaining("a already");
        assertThat(watch(open(), "").await("up to date", Told::isReachable).present())
                .isEqualTo(Map.of("a", "1"));
    }

    @Test
    void a_key_belongs_to_the_process_that_published_it_last() {
        Discovery former = another();
        Discovery successor = open();
        Told told = watch(open(), "");
        Registration old = former.publish(entry("a", "former"));
        told.awaitPresent(Map.of("a", "former"));
        successor.publish(entry("a", "successor"));
        told.awaitPresent(Map.of("a", "successor"));

        old.update("ghost".getBytes(UTF_8));
        old.close();
        closing(former).close();
        successor.publish(entry("b", "after"));
        told.awaitPresent(Map.of("a", "successor", "b", "after"));

        assertThat(told.log()).doesNotContain("-a", "+a=ghost");
    }

    @Test
    void values_are_any_bytes() {
        byte[] all = new byte[256];
        IntStream.range(0, 256).forEach(i -> all[i] = (byte) i);
        byte[] large = new byte[Entry.MAX_VALUE];
        Arrays.fill(large, (byte) '\n');
        Map<String, Entry> got = new HashMap<>();
        var done = new CountDownLatch(3);
        Discovery worker = open();
        closing(open().watch("", new WatchListener() {
            @Override
            public void onPut(Entry entry) {
                got.put(entry.key(), entry);
                done.countDown();
            }

            @Override
            public void onGone(String key) {}
        }));
        List<Entry> published =
                List.of(new Entry("all", all), new Entry("empty", new byte[0]), new Entry("large", large));
        published.forEach(worker::publish);
        assertThat(await(done)).isTrue();
        assertThat(got.values()).containsExactlyInAnyOrderElementsOf(published);
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    @Test
    void a_listener_that_throws_is_told_on() {
        Discovery worker = open();
        Told told = new Told();
        closing(open().watch("", new WatchListener() {
            @Override
            public void onPut(Entry entry) {
                told.onPut(entry);
                throw new IllegalStateException("of the test's listener");
            }

            @Override
            public void onGone(String key) {
                told.onGone(key);
                throw new AssertionError("of the test's listener");
            }

            @Override
            public void onStore(StoreState state) {
                told.onStore(state);
                throw new IllegalStateException("of the test's listener");
            }
        }));
        worker.publish(entry("a", "1")).close();
        told.await("up to date", Told::isReachable);
        worker.publish(entry("b", "2"));
        told.awaitPresent(Map.of("b", "2"));
    }

    @Test
    void a_closed_watch_is_told_nothing_more() {
        Discovery worker = open();
        Discovery frontend = open();
        Told closed = new Told();
        Watch watch = frontend.watch("", closed);
        Told open = watch(frontend, "");
        worker.publish(entry("a", "1"));
        closed.awaitPresent(Map.of("a", "1"));
        watch.close();
        watch.close();
        List<String> before = closed.log();
        worker.publish(entry("b", "2"));
        open.awaitPresent(Map.of("a", "1", "b", "2"));
        assertThat(closed.log()).isEqualTo(before);
    }

    @Test
    void a_listener_may_close_its_own_watch() throws Exception {
        Discovery worker = open();
        Discovery frontend = open();
        var own = new CompletableFuture<Watch>();
        Told told = new Told();
        own.complete(frontend.watch("", new WatchListener() {
            @Override
            public void onPut(Entry entry) {
                own.join().close();
                told.onPut(entry);
            }

            @Override
            public void onGone(String key) {
                told.onGone(key);
            }
        }));
        Told other = watch(frontend, "");
        worker.publish(entry("a", "1"));
        told.awaitPresent(Map.of("a", "1"));
        worker.publish(entry("b", "2"));
        other.awaitPresent(Map.of("a", "1", "b", "2"));
        assertThat(told.log()).containsExactly("+a=1");
    }

    @Test
    void prefixes_that_are_no_paths_are_refused() {
        Discovery discovery = open();
        for (String prefix : List.of("/", "/a", "a//b", "a/../b", "ä", "a b", "a//")) {
            assertThatThrownBy(() -> discovery.watch(prefix, new Told()))
                    .as(prefix)
                    .isInstanceOfSatisfying(
                            JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
        }
    }
}
