package io.jynamo.router.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.KvEvent.Tier;
import io.jynamo.protocol.SequenceHashes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Workers that store, evict leaf first, come and go over a base that stays: memory is flat. */
class IndexSoakTest {
    private static final int WORKERS = 32;
    private static final int CACHE = 400;

    private final ChainIndex index = new ChainIndex(64 << 20);
    private final SplittableRandom random = new SplittableRandom(11);
    private final long[] base = random.longs(1_024).toArray();

    /** Blocks of each worker's requests, oldest first, each leaf first. */
    private final Deque<long[]>[] held = deques();

    @Test
    void memoryIsFlat() {
        soak(20_000, 10_000);
    }

    @Test
    @Tag("long")
    void memoryIsFlatForLong() {
        soak(2_000_000, 100_000);
    }

    private void soak(int requests, int every) {
        long first = 0;
        for (int request = 1; request <= requests; request++) {
            serve(random.nextInt(WORKERS));
            if (request % 1_000 == 0) {
                int leaving = random.nextInt(WORKERS);
                index.clear(leaving);
                held[leaving].clear();
            }
            if (request % every == 0) {
                first = first == 0 ? index.bytes() : first;
                assertThat(index.bytes()).as("request %d", request).isLessThan(first + first / 4);
            }
        }
        for (int worker = 0; worker < WORKERS; worker++) {
            index.clear(worker);
        }
        assertThat(index.blocks()).isZero();
        assertThat(index.setCount()).isZero();
        assertThat(index.bytes()).isLessThan(first / 4);
    }

    /** A prompt that leaves the base at a place of its own. */
    private void serve(int worker) {
        int shared = 1 + random.nextInt(200);
        long[] locals = random.longs(shared + 1 + random.nextInt(60)).toArray();
        System.arraycopy(base, 0, locals, 0, shared);
        BlockHashes chain = Chains.of(locals);
        while (held[worker].stream().mapToInt(each -> each.length).sum() > CACHE) {
            index.on(worker, new KvEvent.Removed(0, SequenceHashes.of(held[worker].removeFirst()), Tier.DEVICE));
        }
        index.on(worker, Chains.stored(chain, 0, chain.count(), Tier.DEVICE));
        long[] own = new long[chain.count() - shared];
        for (int i = 0; i < own.length; i++) {
            own[i] = chain.sequence()[chain.count() - 1 - i];
        }
        held[worker].addLast(own);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Deque<long[]>[] deques() {
        Deque<long[]>[] deques = new Deque[WORKERS];
        for (int worker = 0; worker < WORKERS; worker++) {
            deques[worker] = new ArrayDeque<>();
        }
        return deques;
    }
}
