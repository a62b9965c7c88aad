package io.jynamo.text.tokenizer;

import java.util.Arrays;

/**
 * Merges the symbols of one word, lowest rank first and leftmost among equals. Short words are scanned for the best pair each time; long
 * ones go through a heap, so a word of n symbols costs n log n at most. Scratch of one thread.
 */
final class BpeMerger {
    private static final int SHORT = 48;
    private static final int KEPT = 1 << 16;

    private int[] ids = new int[128];
    /** Where each symbol begins in the text; entry {@code count} is where the last one ends. */
    private int[] starts = new int[130];

    private long[] pairs = new long[128];
    private int[] next = {};
    private int[] previous = {};
    private long[] heap = {};
    private int heapSize;
    private int count;

    void clear() {
        count = 0;
        if (ids.length > KEPT) {
            ids = new int[128];
            starts = new int[130];
            pairs = new long[128];
            next = new int[0];
            previous = new int[0];
            heap = new long[0];
        }
    }

    /** Makes room for so many symbols at once: doubling up to millions of them would take twice the memory. */
    void reserve(int symbols) {
        if (symbols > ids.length) {
            ids = new int[symbols];
            starts = new int[symbols + 2];
            pairs = new long[symbols];
        }
    }

    void add(int id, int start) {
        if (count == ids.length) {
            ids = Arrays.copyOf(ids, count * 2);
            starts = Arrays.copyOf(starts, count * 2 + 2);
            pairs = new long[count * 2];
        }
        ids[count] = id;
        starts[count++] = start;
    }

    int count() {
        return count;
    }

    int id(int i) {
        return ids[i];
    }

    int start(int i) {
        return starts[i];
    }

    /** Merges what was added; {@code end} is where the last symbol ends in {@code s}. */
    void merge(PairRanks ranks, byte[] s, int end) {
        starts[count] = end;
        if (count < 2) {
            return;
        }
        for (int i = 0; i + 1 < count; i++) {
            pairs[i] = ranks.find(ids[i], ids[i + 1], s, starts[i], starts[i + 2]);
        }
        if (count <= SHORT) {
            mergeShort(ranks, s);
        } else {
            mergeLong(ranks, s);
        }
    }

    private void mergeShort(PairRanks ranks, byte[] s) {
        int n = count;
        while (n > 1) {
            int best = -1;
            long bestRank = Integer.MAX_VALUE;
            for (int i = 0; i < n - 1; i++) {
                long rank = pairs[i] >> 32;
                if (rank < bestRank) {
                    bestRank = rank;
                    best = i;
                }
            }
            if (best < 0) {
                break;
            }
            ids[best] = ranks.merged(pairs[best]);
            n--;
            for (int i = best + 1; i < n; i++) {
                ids[i] = ids[i + 1];
                starts[i] = starts[i + 1];
                pairs[i] = pairs[i + 1];
            }
            starts[n] = starts[n + 1];
            if (best > 0) {
                pairs[best - 1] = ranks.find(ids[best - 1], ids[best], s, starts[best - 1], starts[best + 1]);
            }
            if (best < n - 1) {
                pairs[best] = ranks.find(ids[best], ids[best + 1], s, starts[best], starts[best + 2]);
            }
        }
        count = n;
    }

    private void mergeLong(PairRanks ranks, byte[] s) {
        int n = count;
        if (next.length < n + 1) {
            next = new int[n + 1];
            previous = new int[n + 1];
        }
        heapSize = 0;
        pairs[n - 1] = PairRanks.NONE;
        for (int i = 0; i < n; i++) {
            next[i] = i + 1;
            previous[i] = i - 1;
            push(i);
        }
        while (heapSize > 0) {
            long top = pop();
            int at = (int) top;
            // A pair that has changed since it was put here has another rank, and its own entry.
            if (pairs[at] >> 32 != top >> 32 || pairs[at] == PairRanks.NONE) {
                continue;
            }
            int right = next[at];
            ids[at] = ranks.merged(pairs[at]);
            pairs[right] = PairRanks.NONE;
            int after = next[right];
            next[at] = after;
            if (after < n) {
                previous[after] = at;
                pairs[at] = ranks.find(ids[at], ids[after], s, starts[at], starts[next[after]]);
                push(at);
            } else {
                pairs[at] = PairRanks.NONE;
            }
            int before = previous[at];
            if (before >= 0) {
                pairs[before] = ranks.find(ids[before], ids[at], s, starts[before], starts[after]);
                push(before);
            }
        }
        int kept = 0;
        int end = starts[n];
        for (int i = 0; i < n; i = next[i]) {
            ids[kept] = ids[i];
            starts[kept++] = starts[i];
        }
        starts[kept] = end;
        count = kept;
    }

    private void push(int at) {
        long pair = pairs[at];
        if (pair == PairRanks.NONE) {
            return;
        }
        if (heapSize == heap.length) {
            heap = Arrays.copyOf(heap, Math.max(Math.max(256, count), heapSize + (heapSize >> 1)));
        }
        long entry = (pair & 0xFFFFFFFF00000000L) | at;
        int i = heapSize++;
        while (i > 0) {
            int parent = (i - 1) >> 1;
            if (heap[parent] <= entry) {
                break;
            }
            heap[i] = heap[parent];
            i = parent;
        }
        heap[i] = entry;
    }

    private long pop() {
        long top = heap[0];
        long last = heap[--heapSize];
        int i = 0;
        while (true) {
            int child = 2 * i + 1;
            if (child >= heapSize) {
                break;
            }
            if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= last) {
                break;
            }
            heap[i] = heap[child];
            i = child;
        }
        heap[i] = last;
        return top;
    }
}
