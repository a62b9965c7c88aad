package io.jynamo.text.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The names that one region of the source assigns, while it is being parsed. A loop body, a macro, a with block has its
 * own; a name read there is looked for from the inside out, then among the variables of the render.
 */
final class Scope {
    /** How many places a frame of the running template needs: the sum over the scopes that share it. */
    static final class Shape {
        private int size;

        int size() {
            return size;
        }
    }

    private final @Nullable Scope outer;
    private final Shape shape;
    private final int firstSlot;
    private final Map<String, Integer> slots = new HashMap<>();

    private Scope(@Nullable Scope outer, Shape shape) {
        this.outer = outer;
        this.shape = shape;
        this.firstSlot = shape.size;
    }

    static Scope root() {
        return new Scope(null, new Shape());
    }

    /** A scope whose values live in the same frame. */
    Scope inner() {
        return new Scope(this, shape);
    }

    /** A scope whose every run has a frame of its own: macros and recursive loops. */
    Scope innerFrame() {
        return new Scope(this, new Shape());
    }

    Shape shape() {
        return shape;
    }

    int firstSlot() {
        return firstSlot;
    }

    int declare(String name) {
        var known = slots.get(name);
        if (known != null) {
            return known;
        }
        var slot = shape.size++;
        slots.put(name, slot);
        return slot;
    }

    /** Where {@code name} may stand, nearest first: pairs of frames to go out and a slot there. */
    int[] places(String name) {
        List<int[]> found = new ArrayList<>();
        var hops = 0;
        for (Scope scope = this; scope != null; scope = scope.outer) {
            var slot = scope.slots.get(name);
            if (slot != null) {
                found.add(new int[] {hops, slot});
            }
            if (scope.outer != null && scope.outer.shape != scope.shape) {
                hops++;
            }
        }
        var places = new int[found.size() * 2];
        for (int i = 0; i < found.size(); i++) {
            places[2 * i] = found.get(i)[0];
            places[2 * i + 1] = found.get(i)[1];
        }
        return places;
    }
}
