package io.jynamo.frontend.responses;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The store's bounds, against a naive model of it. */
class ResponseStoreTest {
    private long now;

    private static StoredResponse response(String owner, String id, @Nullable String previous, int bytes) {
        return new StoredResponse(owner, id, previous, new byte[bytes / 2], new byte[bytes - bytes / 2]);
    }

    private ResponseStore store(long bytes, int count) {
        return new ResponseStore(new ResponseLimits(bytes, count, Duration.ofNanos(100)), () -> now);
    }

    @Test
    void it_agrees_with_a_naive_model_and_is_never_over_its_bounds() {
        for (long seed : List.of(1L, 2L, System.nanoTime())) {
            Random random = new Random(seed);
            ResponseStore store = store(20_000, 12);
            Map<String, StoredResponse> model = new LinkedHashMap<>();
            Map<String, Long> used = new LinkedHashMap<>();
            for (int step = 0; step < 4_000; step++) {
                now += random.nextInt(8);
                String owner = "owner" + random.nextInt(2);
                String id = "resp_" + random.nextInt(30);
                String key = owner + id;
                model.keySet().removeIf(old -> now - used.getOrDefault(old, 0L) > 100);
                switch (random.nextInt(4)) {
                    case 0, 1 -> {
                        StoredResponse made = response(owner, id, null, random.nextInt(6_000));
                        store.keep(made);
                        model.remove(key);
                        model.put(key, made);
                        used.put(key, now);
                        while (model.size() > 12 || size(model) > 20_000) {
                            model.remove(model.keySet().iterator().next());
                        }
                    }
                    case 2 -> {
                        StoredResponse expected = model.remove(key);
                        assertThat(store.find(owner, id)).as("seed %d", seed).isSameAs(expected);
                        if (expected != null) {
                            model.put(key, expected);
                            used.put(key, now);
                        }
                    }
                    default ->
                        assertThat(store.remove(owner, id)).as("seed %d", seed).isEqualTo(model.remove(key) != null);
                }
                assertThat(store.bytes())
                        .as("seed %d", seed)
                        .isEqualTo(size(model))
                        .isLessThanOrEqualTo(20_000);
                assertThat(store.count()).as("seed %d", seed).isEqualTo(model.size());
            }
        }
    }

    private static long size(Map<String, StoredResponse> model) {
        return model.values().stream().mapToLong(StoredResponse::size).sum();
    }

    @Test
    void going_on_from_a_response_uses_all_that_it_went_on_from() {
        ResponseStore store = store(1_000_000, 4);
        store.keep(response("me", "a", null, 10));
        store.keep(response("me", "b", "a", 10));
        store.keep(response("me", "c", "b", 10));
        store.keep(response("me", "other", null, 10));
        assertThat(ids(store.chain("me", "c"))).containsExactly("a", "b", "c");
        store.keep(response("me", "d", "c", 10));
        assertThat(store.find("me", "other")).isNull();
        assertThat(ids(store.chain("me", "d"))).containsExactly("a", "b", "c", "d");
        store.remove("me", "b");
        assertThat(ids(store.chain("me", "d"))).isEqualTo(withNull("c", "d"));
    }

    private static List<@Nullable String> ids(List<@Nullable StoredResponse> chain) {
        List<@Nullable String> ids = new ArrayList<>();
        chain.forEach(one -> ids.add(one == null ? null : one.id()));
        return ids;
    }

    private static List<@Nullable String> withNull(String... ids) {
        List<@Nullable String> all = new ArrayList<>();
        all.add(null);
        Collections.addAll(all, ids);
        return all;
    }

    @Test
    void what_is_larger_than_the_whole_store_takes_nobodys_room() {
        ResponseStore store = store(4_000, 4);
        store.keep(response("me", "small", null, 10));
        StoredResponse large = response("me", "large", null, 4_000);
        assertThat(store.fits(large)).isFalse();
        store.keep(large);
        assertThat(store.find("me", "small")).isNotNull();
        assertThat(store.find("me", "large")).isNull();
    }
}
