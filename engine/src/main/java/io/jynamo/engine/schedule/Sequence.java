package io.jynamo.engine.schedule;

import java.util.Arrays;
import java.util.Comparator;

/**
 * One choice of a request: its tokens, how far they are computed, and the blocks that hold them.
 *
 * <table>
 * <caption>states</caption>
 * <tr><th>state</th><th>is in a step</th><th>has blocks</th><th>leaves by</th></tr>
 * <tr><td>UNBORN</td><td>no: another choice computes the prompt</td><td>no</td><td>fork</td></tr>
 * <tr><td>WAITING</td><td>no</td><td>none, or those it kept</td><td>admission</td></tr>
 * <tr><td>RUNNING</td><td>as the budget allows</td><td>yes</td><td>preemption, being overtaken, lack of credit</td></tr>
 * <tr><td>BLOCKED</td><td>no: its reader gave no credit</td><td>until somebody needs them</td><td>grant</td></tr>
 * <tr><td>FINISHED</td><td>no</td><td>no</td><td>never</td></tr>
 * </table>
 */
final class Sequence {
    enum State {
        UNBORN,
        WAITING,
        RUNNING,
        BLOCKED,
        FINISHED
    }

    /** Who goes first. */
    static final Comparator<Sequence> ORDER = (a, b) -> {
        int byRank = Long.compare(a.request.rank, b.request.rank);
        if (byRank != 0) {
            return byRank;
        }
        int byNumber = Long.compare(a.request.number, b.request.number);
        return byNumber != 0 ? byNumber : Integer.compare(a.choice, b.choice);
    };

    private static final int[] NOTHING = {};
    private static final long[] NO_HASHES = {};

    final Request request;
    int choice;
    State state = State.UNBORN;
    /** Prompt and output. */
    int[] tokens = NOTHING;

    int count;
    /** Leading tokens whose keys and values are in the blocks. */
    int computed;
    /** Replaced, never written, once a step has seen it. */
    int[] blocks = NOTHING;
    /** Leading blocks that are registered. */
    int registered;
    /** Whether its next blocks can still be registered. */
    boolean registrable = true;
    /** Hashes of leading full blocks. */
    long[] locals = NO_HASHES;

    long[] chain = NO_HASHES;
    int hashed;
    long credit;
    /** How often it lost its blocks while it ran. */
    int losses;
    /** The last step that it was planned into. */
    long plannedStep = -1;
    /** Its share of the tokens that wait to be computed. */
    int queuedTokens;

    Sequence(Request request, int choice) {
        this.request = request;
        this.choice = choice;
        this.credit = request.spec.credit();
    }

    /** Whether it may take the other's place and blocks: it has a higher priority, and it comes first in line. */
    boolean outranks(Sequence other) {
        return priority() > other.priority() && ORDER.compare(this, other) < 0;
    }

    int priority() {
        return request.spec.priority();
    }

    int pending() {
        return count - computed;
    }

    int outputCount() {
        return count - request.promptCount;
    }

    /** Its next step computes the one token drawn last. */
    boolean decodes() {
        return computed == count - 1 && computed >= request.promptCount;
    }

    boolean holdsBlocks() {
        return blocks.length > 0;
    }

    void begin() {
        tokens = new int[request.promptCount + Math.min(request.maxOutput, 64)];
        request.spec.prompt().copyTo(0, tokens, 0, request.promptCount);
        count = request.promptCount;
    }

    void append(int token) {
        if (count == tokens.length) {
            tokens = Arrays.copyOf(tokens, count + Math.min(count / 2 + 64, request.maxOutput - outputCount()));
        }
        tokens[count++] = token;
    }

    void addBlocks(int[] more, int added) {
        int[] longer = Arrays.copyOf(blocks, blocks.length + added);
        System.arraycopy(more, 0, longer, blocks.length, added);
        blocks = longer;
    }

    void replaceBlock(int at, int block) {
        int[] copy = blocks.clone();
        copy[at] = block;
        blocks = copy;
    }

    void forgetBlocks() {
        blocks = NOTHING;
        computed = 0;
        registered = 0;
        registrable = true;
    }
}
