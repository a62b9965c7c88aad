package io.jynamo.engine.transformer;

import io.jynamo.engine.BlockSpace;
import io.jynamo.engine.step.Step;
import io.jynamo.engine.tensor.AttentionKernels;
import io.jynamo.engine.tensor.Columns;
import io.jynamo.engine.tensor.ThreadTeam;
import io.jynamo.engine.tensor.VectorMath;
import java.util.ArrayList;
import java.util.List;

/**
 * Attention over the paged KV blocks of one runner.
 *
 * <p>A sequence is cut into spans of {@link AttentionSpan#TOKENS} positions, counted from its beginning. The attention of
 * a query to each span is computed by itself, and spans are merged in their order ({@link AttentionRows#merge}), so that a
 * query's result depends neither on the step it came in nor on which thread took which span.
 */
final class Attention {
    private static final int LONGEST_RUN = 16;
    private static final int SHORTEST_RUN = 4;

    private final PagedKv kv;
    private final BlockSpace.Layout layout;
    private final int group;
    private final int window;
    private final ThreadTeam team;
    private final AttentionSpan[] spans;
    private final AttentionRows[] partial;
    private final AttentionRows[] merged;
    private final AttentionRows shared;
    private Plan full = new Plan(0, List.of(), List.of(), 0);
    private Plan sliding = full;

    /**
     * Attends over the blocks of one pool.
     *
     * @param group query heads to a key/value head
     * @param window tokens that sliding layers see; 0 where there are none
     */
    Attention(PagedKv kv, int group, int window, ThreadTeam team) {
        this.kv = kv;
        this.layout = kv.layout();
        this.group = group;
        this.window = window;
        this.team = team;
        this.spans = new AttentionSpan[team.size()];
        this.partial = new AttentionRows[team.size()];
        this.merged = new AttentionRows[team.size()];
        this.shared = new AttentionRows(layout.headSize());
        for (int i = 0; i < team.size(); i++) {
            spans[i] = new AttentionSpan(kv, group);
            partial[i] = new AttentionRows(layout.headSize());
            merged[i] = new AttentionRows(layout.headSize());
        }
    }

    /** Puts the key and value of one token and head into its block. */
    void store(
            int layer, int head, Step.Slice slice, int position, float[] key, int keyAt, float[] value, int valueAt) {
        int size = layout.headSize();
        int token = position % layout.blockTokens();
        int bytes = layout.elementType().bytes();
        long keys = kv.address(slice.blocks()[position / layout.blockTokens()]) + kv.keys(layer, head);
        long values = keys + kv.valuesAfterKeys() + (long) token * size * bytes;
        AttentionKernels.store(
                layout.elementType(), key, keyAt, size, keys + (long) token * bytes, layout.blockTokens());
        AttentionKernels.store(layout.elementType(), value, valueAt, size, values, 1);
    }

    /** Tokens of a prompt to attend to together in a step of {@code tokens}: many share each key they read, few keep all threads busy. */
    int runLength(int tokens) {
        return Math.clamp((long) tokens * layout.kvHeads() / (4L * team.size()), SHORTEST_RUN, LONGEST_RUN);
    }

    /** Plans what the layers of a step attend to; {@code runs} are its tokens. */
    void begin(List<Run> runs) {
        full = plan(runs, Integer.MAX_VALUE);
        sliding = window > 0 ? plan(runs, window) : full;
    }

    private Plan plan(List<Run> runs, int sees) {
        List<Item> items = new ArrayList<>();
        List<Part> parts = new ArrayList<>();
        int rows = 0;
        for (Run run : runs) {
            int firstSpan = run.start(sees) / AttentionSpan.TOKENS;
            int lastSpan = run.end() / AttentionSpan.TOKENS;
            for (int head = 0; head < layout.kvHeads(); head++) {
                Item item = new Item(run, head, firstSpan, lastSpan, rows);
                items.add(item);
                for (int span = firstSpan; span <= lastSpan; span++) {
                    parts.add(new Part(item, span));
                }
                rows += item.spans() * paddedRows(item);
            }
        }
        boolean shareOut = parts.size() > items.size() && items.size() < 4 * team.size();
        return new Plan(sees, items, shareOut ? parts : List.of(), rows);
    }

    /**
     * Attends from all heads of all tokens of the step.
     *
     * @param slides whether the layer sees no more than the window
     * @param queries {@code [token][head]}, scaled already
     * @param stride of {@code queries}, from token to token
     * @param out whose columns, numbered as tokens are, get the results
     */
    void attend(int layer, boolean slides, float[] queries, int stride, Columns out) {
        Plan plan = slides ? sliding : full;
        var input = new AttentionSpan.Input(layer, plan.sees, queries, stride);
        if (plan.parts.isEmpty()) {
            team.forEach(plan.items.size(), 1, (i, member) -> attendWhole(plan.items.get(i), member, input, out));
        } else {
            attendBySpans(plan, input, out);
        }
    }

    /** One thread takes all spans of an item. */
    private void attendWhole(Item item, int member, AttentionSpan.Input input, Columns out) {
        AttentionRows sum = merged[member];
        AttentionRows part = partial[member];
        sum.clear(item.rows(group));
        part.ensure(paddedRows(item));
        spans[member].queries(item.run, item.head, input);
        for (int span = item.firstSpan; span <= item.lastSpan; span++) {
            spans[member].attend(item.run, item.head, span, input, part, 0);
            sum.merge(part, 0);
        }
        put(item, sum, out);
    }

    /** Few items: threads share out their spans, then merge them. */
    private void attendBySpans(Plan plan, AttentionSpan.Input input, Columns out) {
        shared.ensure(plan.rows);
        team.forEach(plan.parts.size(), 1, (i, member) -> {
            Part part = plan.parts.get(i);
            spans[member].queries(part.item.run, part.item.head, input);
            spans[member].attend(
                    part.item.run, part.item.head, part.span, input, shared, firstRow(part.item, part.span));
        });
        team.forEach(plan.items.size(), 1, (i, member) -> {
            Item item = plan.items.get(i);
            merged[member].clear(item.rows(group));
            for (int span = item.firstSpan; span <= item.lastSpan; span++) {
                merged[member].merge(shared, firstRow(item, span));
            }
            put(item, merged[member], out);
        });
    }

    private int firstRow(Item item, int span) {
        return item.firstRow + (span - item.firstSpan) * paddedRows(item);
    }

    private int paddedRows(Item item) {
        return AttentionSpan.padded(item.rows(group));
    }

    private void put(Item item, AttentionRows rows, Columns out) {
        int size = layout.headSize();
        for (int row = 0; row < item.rows(group); row++) {
            VectorMath.scale(rows.out, row * size, size, 1 / rows.sum[row]);
            int head = item.head * group + row % group;
            out.put(item.run.token() + row / group, head * size, rows.out, row * size, size);
        }
    }

    /**
     * Neighbouring tokens of one sequence.
     *
     * @param token number of the first in the step
     * @param position its position in the sequence
     * @param blocks of the sequence
     */
    @SuppressWarnings("ArrayRecordComponent") // the step's own array, read in place
    record Run(int token, int position, int count, int[] blocks) {
        /** Position of the last. */
        int end() {
            return position + count - 1;
        }

        /** The first position that the first token sees. */
        int start(int window) {
            return Math.max(0, position - window + 1);
        }
    }

    /**
     * A run's queries to one key/value head, and the spans they see.
     *
     * @param firstRow of its first span, where threads share spans out
     */
    private record Item(Run run, int head, int firstSpan, int lastSpan, int firstRow) {
        int rows(int group) {
            return run.count * group;
        }

        int spans() {
            return lastSpan - firstSpan + 1;
        }
    }

    private record Part(Item item, int span) {}

    /**
     * What layers that see equally far have in common.
     *
     * @param sees tokens that a query sees
     * @param parts the spans of all items; none where a thread takes whole items
     * @param rows of all parts
     */
    private record Plan(int sees, List<Item> items, List<Part> parts, int rows) {}
}
