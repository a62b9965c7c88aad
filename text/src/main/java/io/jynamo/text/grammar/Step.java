package io.jynamo.text.grammar;

import io.jynamo.text.grammar.automaton.Node;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One byte taken by the threads of a configuration, and the range of bytes around it that lead to the same. */
final class Step {
    /** A node whose edges are to be looked at; {@code returning} where its rule may end there, which after a call it may not. */
    private record Place(Node node, @Nullable Frame frame, boolean returning) {}

    private final Exploration exploration;
    private final int value;
    private final ThreadSet result = new ThreadSet();
    private final ArrayDeque<Place> pending = new ArrayDeque<>();
    /** Places of this step seen before, once there is more than one way to them. */
    private final Set<Place> seen = new HashSet<>();

    private int low;
    private int high = 255;

    Step(Exploration exploration, int value) {
        this.exploration = exploration;
        this.value = value;
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
        while (!pending.isEmpty()) {
            var place = pending.removeLast();
            take(place.node, place.frame);
            for (int i = 0; i < place.node.calls(); i++) {
                visit(place.node.callee(i).start(), pushed(place.node.returnTo(i), place.frame), false);
            }
            if (place.returning && place.node.accepting() && place.frame != null) {
                visit(place.frame.node, place.frame.below, true);
            }
        }
        return result;
    }

    private void visit(Node node, @Nullable Frame frame, boolean returning) {
        var place = new Place(node, frame, returning);
        if (seen.add(place)) {
            pending.add(place);
        }
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
