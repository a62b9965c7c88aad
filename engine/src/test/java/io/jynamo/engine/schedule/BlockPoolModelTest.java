package io.jynamo.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.BlockTally;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.TokenIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The block pool against a naive model that knows chains as strings, under random operations. */
class BlockPoolModelTest {
    private static final BlockHasher HASHER = new BlockHasher(1, CacheScope.SHARED);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void agreesWithTheModel(long seed) {
        new Run(seed).go(3_000);
    }

    @Test
    @Tag("long")
    void agreesWithTheModelForLong() {
        for (long seed = 100; seed < 200; seed++) {
            new Run(seed).go(20_000);
        }
    }

    /** Held chains with their reference counts, cached chains from the one unused for longest. */
    private static final class Model {
        final Map<String, Integer> held = new TreeMap<>();
        final LinkedHashSet<String> cached = new LinkedHashSet<>();

        void hold(String chain) {
            cached.remove(chain);
            held.merge(chain, 1, Integer::sum);
        }

        void release(String chain) {
            if (held.merge(chain, -1, Integer::sum) == 0) {
                held.remove(chain);
                cached.add(chain);
            }
        }

        void evict() {
            String victim =
                    cached.stream().filter(c -> !isParent(c)).findFirst().orElseThrow();
            cached.remove(victim);
        }

        private boolean isParent(String chain) {
            return cached.stream().anyMatch(c -> c.startsWith(chain) && c.length() == chain.length() + 1)
                    || held.keySet().stream().anyMatch(c -> c.startsWith(chain) && c.length() == chain.length() + 1);
        }
    }

    /** Who holds which blocks: a chain, and whether its last block is a private one. */
    private record Holder(String chain, List<Integer> blocks) {}

    private static final class Run {
        final Random random;
        final int capacity;
        final BlockPool pool;
        final Model model = new Model();
        final List<Holder> holders = new ArrayList<>();
        final Set<Long> told = new HashSet<>();
        int privateBlocks;
        long lastEvent;

        Run(long seed) {
            random = new Random(seed);
            capacity = 3 + random.nextInt(30);
            pool = new BlockPool(capacity, 1);
        }

        void go(int operations) {
            for (int i = 0; i < operations; i++) {
                if (holders.isEmpty() || random.nextInt(100) < 55) {
                    begin();
                } else {
                    end(holders.remove(random.nextInt(holders.size())));
                }
                check();
            }
        }

        private void begin() {
            StringBuilder chain = new StringBuilder();
            for (int length = 1 + random.nextInt(7); length > 0; length--) {
                chain.append((char) ('a' + random.nextInt(2)));
            }
            int[] tokens = chain.chars().toArray();
            BlockHashes hashes = HASHER.hash(TokenIds.of(tokens));
            List<Integer> blocks = new ArrayList<>();
            boolean matching = true;
            for (int i = 0; i < tokens.length; i++) {
                String prefix = chain.substring(0, i + 1);
                int parent = i == 0 ? BlockPool.NONE : blocks.get(i - 1);
                boolean known = model.cached.contains(prefix) || model.held.containsKey(prefix);
                int found = pool.match(parent, hashes.sequence()[i], tokens, i, CacheScope.SHARED);
                assertThat(found != BlockPool.NONE).isEqualTo(known);
                matching &= known;
                if (matching) {
                    pool.acquire(found);
                    model.hold(prefix);
                    blocks.add(found);
                    continue;
                }
                int block = reserve();
                if (block == BlockPool.NONE) {
                    break;
                }
                pool.fill(block, 1);
                blocks.add(pool.register(
                        block, parent, hashes.sequence()[i], hashes.local()[i], tokens, i, CacheScope.SHARED));
                privateBlocks--;
                model.hold(prefix);
            }
            int registered = blocks.size();
            if (random.nextInt(3) == 0) {
                int partial = reserve();
                if (partial != BlockPool.NONE) {
                    blocks.add(partial);
                }
            }
            holders.add(new Holder(chain.substring(0, registered), blocks));
        }

        private int reserve() {
            boolean full = model.held.size() + model.cached.size() + privateBlocks == capacity;
            int block = pool.tryReserve();
            assertThat(block == BlockPool.NONE).isEqualTo(full && model.cached.isEmpty());
            if (block != BlockPool.NONE) {
                if (full) {
                    model.evict();
                }
                privateBlocks++;
            }
            return block;
        }

        private void end(Holder holder) {
            for (int i = holder.blocks.size() - 1; i >= 0; i--) {
                pool.release(holder.blocks.get(i));
                if (i < holder.chain.length()) {
                    model.release(holder.chain.substring(0, i + 1));
                } else {
                    privateBlocks--;
                }
            }
        }

        private void check() {
            pool.checkInvariants();
            assertThat(pool.cached()).isEqualTo(model.cached.size());
            assertThat(pool.used()).isEqualTo(model.held.size() + privateBlocks);
            for (KvEvent event : pool.drainEvents()) {
                assertThat(event.id()).isEqualTo(++lastEvent);
                switch (event) {
                    case KvEvent.Stored stored ->
                        Arrays.stream(stored.blocks().sequence())
                                .forEach(hash -> assertThat(told.add(hash)).isTrue());
                    case KvEvent.Removed removed ->
                        Arrays.stream(removed.blocks().values())
                                .forEach(hash -> assertThat(told.remove(hash)).isTrue());
                    case KvEvent.Cleared cleared -> told.clear();
                    case KvEvent.Lost lost -> throw new AssertionError("a pool loses nothing: " + lost);
                    case KvEvent.Digest digest -> throw new AssertionError("no change: " + digest);
                }
            }
            Set<Long> expected = new HashSet<>();
            model.cached.forEach(c -> expected.add(hash(c)));
            model.held.keySet().forEach(c -> expected.add(hash(c)));
            assertThat(told).isEqualTo(expected);
            BlockTally tally = new BlockTally();
            expected.forEach(block -> tally.add(KvEvent.Tier.DEVICE, block));
            assertThat(pool.digest()).isEqualTo(new KvEvent.Digest(lastEvent, tally.digests()));
            Set<Long> snapshot = new HashSet<>();
            for (KvEvent.Stored stored : pool.snapshot()) {
                assertThat(stored.id()).isEqualTo(lastEvent);
                assertThat(stored.parent() == null
                                || snapshot.contains(stored.parent().value()))
                        .isTrue();
                Arrays.stream(stored.blocks().sequence()).forEach(snapshot::add);
            }
            assertThat(snapshot).isEqualTo(expected);
        }

        private static long hash(String chain) {
            return HASHER.hash(TokenIds.of(chain.chars().toArray())).sequence()[chain.length() - 1];
        }
    }
}
