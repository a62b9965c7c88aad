package io.jynamo.engine.transformer;

import io.jynamo.engine.BlockSpace;
import io.jynamo.engine.step.Step;
import io.jynamo.engine.tensor.AttentionKernels;
import io.jynamo.engine.tensor.Columns;
import io.jynamo.engine.tensor.Lanes;
import io.jynamo.engine.tensor.VectorMath;
import java.util.Arrays;

/**
 * Attention over the paged KV blocks of one runner. Scores lie at their absolute position modulo the vector width, and
 * sums run in order of position, so that a query's result does not depend on the step it came in.
 */
final class Attention {
    /** Tokens of a prompt attended to together. */
    static final int RUN = 8;

    private final PagedKv kv;
    private final BlockSpace.Layout layout;
    private final int group;
    private final int window;
    private final Scratch[] scratch;

    /**
     * Attends over the blocks of one pool.
     *
     * @param group query heads to a key/value head
     * @param window tokens that sliding layers see
     */
    Attention(PagedKv kv, int group, int window, int members) {
        this.kv = kv;
        this.layout = kv.layout();
        this.group = group;
        this.window = window;
        this.scratch = new Scratch[members];
        for (int i = 0; i < members; i++) {
            scratch[i] = new Scratch(layout.headSize());
        }
    }

    /** Puts the key and value of one token and head into its block. */
    void store(
            int layer, int head, Step.Slice slice, int position, float[] key, int keyAt, float[] value, int valueAt) {
        int size = layout.headSize();
        int token = position % layout.blockTokens();
        long address = kv.address(slice.blocks()[position / layout.blockTokens()])
                + kv.keys(layer, head)
                + (long) token * size * layout.elementType().bytes();
        AttentionKernels.store(layout.elementType(), key, keyAt, size, address);
        AttentionKernels.store(layout.elementType(), value, valueAt, size, address + kv.valuesAfterKeys());
    }

    /** Pairs of query heads, the last perhaps single, that share keys and values: what a thread takes at a time. */
    int pairs() {
        return layout.kvHeads() * ((group + 1) / 2);
    }

    /**
     * A pair of query heads of a few neighbouring tokens: each KV block is read once for all of them.
     *
     * @param pair below {@link #pairs}
     * @param run the tokens
     * @param queries {@code [token][head]}, scaled already
     * @param stride of {@code queries}, from token to token
     * @param out whose columns, numbered as tokens are, get the results
     */
    void attend(int member, int layer, boolean sliding, int pair, Run run, float[] queries, int stride, Columns out) {
        Scratch mine = scratch[member];
        int perGroup = (group + 1) / 2;
        int first = pair / perGroup * group + pair % perGroup * 2;
        int heads = Math.min(2, group - pair % perGroup * 2);
        int size = layout.headSize();
        mine.window = sliding ? window : Integer.MAX_VALUE;
        mine.begin(run, size);
        long keys = kv.keys(layer, first / group);
        for (int p = mine.start(run.position()); p <= run.end(); p = nextBlock(p)) {
            scores(mine, run, heads, p, keys, queries, first * size, stride);
        }
        for (int i = 0; i < 2 * run.count(); i++) {
            if (i % 2 < heads) {
                mine.weights(i, run.position() + i / 2);
            }
        }
        for (int p = mine.start(run.position()); p <= run.end(); p = nextBlock(p)) {
            values(mine, run, heads, p, keys + kv.valuesAfterKeys());
        }
        for (int i = 0; i < 2 * run.count(); i++) {
            if (i % 2 < heads) {
                VectorMath.scale(mine.out, i * size, size, mine.factors[i]);
                out.put(run.token() + i / 2, (first + i % 2) * size, mine.out, i * size, size);
            }
        }
    }

    private int nextBlock(int position) {
        return position - position % layout.blockTokens() + layout.blockTokens();
    }

    /** Scores of what each query sees of the block at {@code p}. */
    private void scores(Scratch mine, Run run, int heads, int p, long keys, float[] queries, int headAt, int stride) {
        for (int i = 0; i < run.count(); i++) {
            int position = run.position() + i;
            int from = Math.max(p, mine.start(position));
            int count = Math.min(nextBlock(p), position + 1) - from;
            if (count <= 0) {
                continue;
            }
            long address = address(run, from, keys);
            for (int head = 0; head < heads; head++) {
                AttentionKernels.scores(
                        layout.elementType(),
                        queries,
                        (run.token() + i) * stride + headAt + head * layout.headSize(),
                        layout.headSize(),
                        address,
                        count,
                        mine.scores,
                        mine.row(2 * i + head) + from - mine.base,
                        mine.partial);
            }
        }
    }

    /** Adds what each query sees of the values in the block at {@code p}. */
    private void values(Scratch mine, Run run, int heads, int p, long values) {
        int size = layout.headSize();
        for (int i = 0; i < run.count(); i++) {
            int position = run.position() + i;
            int from = Math.max(p, mine.start(position));
            int count = Math.min(nextBlock(p), position + 1) - from;
            if (count <= 0) {
                continue;
            }
            long address = address(run, from, values);
            int at = mine.row(2 * i) + from - mine.base;
            float[] out = mine.out;
            if (heads == 2) {
                int other = mine.row(2 * i + 1) + from - mine.base;
                AttentionKernels.weighTwo(
                        layout.elementType(), mine.scores, at, other, address, count, out, 2 * i * size, size);
            } else {
                AttentionKernels.weigh(layout.elementType(), mine.scores, at, address, count, out, 2 * i * size, size);
            }
        }
    }

    private long address(Run run, int position, long in) {
        int token = position % layout.blockTokens();
        return kv.address(run.blocks()[position / layout.blockTokens()])
                + in
                + (long) token * layout.headSize() * layout.elementType().bytes();
    }

    /**
     * Neighbouring tokens of one sequence.
     *
     * @param token number of the first in the step
     * @param position its position in the sequence
     * @param count at most {@link #RUN}
     * @param blocks of the sequence
     */
    @SuppressWarnings("ArrayRecordComponent") // the step's own array, read in place
    record Run(int token, int position, int count, int[] blocks) {
        /** Position of the last. */
        int end() {
            return position + count - 1;
        }
    }

    /** What one thread computes in. Row 2 i + h of each array belongs to head h of the pair and token i of the run. */
    private static final class Scratch {
        float[] scores = new float[0];
        final float[] partial = new float[Lanes.COUNT * Lanes.COUNT];
        final float[] factors = new float[2 * RUN];
        final float[] out;
        int window;

        /** Position of the first score of every row, a multiple of the lanes. */
        int base;

        private int stride;

        Scratch(int headSize) {
            out = new float[2 * RUN * headSize];
        }

        void begin(Run run, int headSize) {
            base = aligned(start(run.position()));
            stride = aligned(run.end() - base) + Lanes.COUNT;
            if (scores.length < 2 * run.count() * stride) {
                scores = new float[4 * run.count() * stride];
            }
            Arrays.fill(out, 0, 2 * run.count() * headSize, 0);
        }

        private static int aligned(int position) {
            return position / Lanes.COUNT * Lanes.COUNT;
        }

        /** The first position that a query sees. */
        int start(int position) {
            return Math.max(0, position - window + 1);
        }

        int row(int index) {
            return index * stride;
        }

        /** Turns a row of scores into exponentials, and keeps one over their sum. */
        void weights(int index, int position) {
            int row = row(index) - base;
            int from = aligned(start(position));
            int to = aligned(position) + Lanes.COUNT;
            Arrays.fill(scores, row + from, row + start(position), Float.NEGATIVE_INFINITY);
            Arrays.fill(scores, row + position + 1, row + to, Float.NEGATIVE_INFINITY);
            float max = VectorMath.max(scores, row + from, to - from);
            factors[index] = 1 / VectorMath.expSum(scores, row + from, to - from, max);
        }
    }
}
