package io.jynamo.text.grammar;

import io.jynamo.text.grammar.automaton.Node;
import org.jspecify.annotations.Nullable;

/**
 * Where a called rule returns to, and the frame below; null stands for the bottom. Interned within one {@link Exploration}, so that equal
 * stacks are the same object there.
 */
final class Frame {
    final Node node;
    final @Nullable Frame below;
    /** Whether the bottom's rule may end once it is returned to. */
    final boolean mayEnd;
    /** Distinct within its exploration. */
    final int id;

    Frame(Node node, @Nullable Frame below, int id) {
        this.node = node;
        this.below = below;
        this.mayEnd = node.accepting() && (below == null || below.mayEnd);
        this.id = id;
    }
}
