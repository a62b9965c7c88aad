package io.jynamo.text.grammar;

import io.jynamo.text.grammar.automaton.Node;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One byte taken by the threads of a configuration, and the range of bytes around it that lead to the same. */
final class Step {
    /** Up to so many places are compared one by one, more are found by their hash. */
    private static final int FEW = 24;

    private record Place(Node node, @Nullable Frame frame, boolean returning) {}

    private final Exploration exploration;
    private final int value;
    private final Effort effort;
    private final ThreadSet result = new ThreadSet();

    /** Places to look at, each once, those from {@link #done} on still to be looked at; in three parts for want of objects. */
    private Node[] nodes = new Node[8];

    private @Nullable Frame[] frames = new Frame[8];
    /** Whether the place's rule may end there, which after a call it may not. */
    private boolean[] returning = new boolean[8];

    private int count;
    private int done;
    private @Nullable Set<Place> seen;

    private int low;
    private int high = 255;

    Step(Exploration exploration, int value, Effort effort) {
        this.exploration = exploration;
        this.value = value;
        this.effort = effort;
    }

    int low() {
        return low;
    }

    int high() {
        return high;
    }

    void from(Node node, @Nullable Frame frame) {
        visit(node, frame, true);
    }

    ThreadSet run() {
        while (done < count) {
            Node node = nodes[done];
            Frame frame = frames[done];
            boolean mayReturn = returning[done++];
            take(node, frame);
            for (int i = 0; i < node.calls(); i++) {
                visit(node.callee(i).start(), pushed(node.returnTo(i), frame), false);
            }
            if (mayReturn && node.accepting() && frame != null) {
                visit(frame.node, frame.below, true);
            }
        }
        return result;
    }

    private void visit(Node node, @Nullable Frame frame, boolean mayReturn) {
        if (isSeen(node, frame, mayReturn)) {
            return;
        }
        effort.place();
        if (count == nodes.length) {
            nodes = Arrays.copyOf(nodes, 2 * count);
            frames = Arrays.copyOf(frames, 2 * count);
            returning = Arrays.copyOf(returning, 2 * count);
        }
        nodes[count] = node;
        frames[count] = frame;
        returning[count++] = mayReturn;
    }

    private boolean isSeen(Node node, @Nullable Frame frame, boolean mayReturn) {
        if (count < FEW) {
            for (int i = 0; i < count; i++) {
                if (nodes[i] == node && frames[i] == frame && returning[i] == mayReturn) {
                    return true;
                }
            }
            return false;
        }
        if (seen == null) {
            seen = new HashSet<>();
            for (int i = 0; i < count; i++) {
                seen.add(new Place(nodes[i], frames[i], returning[i]));
            }
        }
        return !seen.add(new Place(node, frame, mayReturn));
    }

    private void take(Node node, @Nullable Frame frame) {
        for (int i = 0; i < node.edges(); i++) {
            if (value < node.low(i)) {
                high = Math.min(high, node.low(i) - 1);
            } else if (value > node.high(i)) {
                low = Math.max(low, node.high(i) + 1);
            } else {
                low = Math.max(low, node.low(i));
                high = Math.min(high, node.high(i));
                arrive(node.target(i), frame);
            }
        }
    }

    /** A rule that must end where it arrives returns at once, so that equal situations are equal threads. */
    private void arrive(Node node, @Nullable Frame frame) {
        while (node.isEnd() && frame != null) {
            node = frame.node;
            frame = frame.below;
        }
        result.add(node, frame);
    }

    /** A call at the very end of a rule needs no frame: chains of such calls take no more room however long they get. */
    private @Nullable Frame pushed(Node returnTo, @Nullable Frame frame) {
        return returnTo.isEnd() ? frame : exploration.frame(returnTo, frame);
    }
}
