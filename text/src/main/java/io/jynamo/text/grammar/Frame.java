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
    final int depth;
    /** Distinct within its exploration. */
    final int id;

    Frame(Node node, @Nullable Frame below, int id) {
        this.node = node;
        this.below = below;
        this.depth = below == null ? 1 : below.depth + 1;
        this.id = id;
    }
}
