package io.jynamo.text.grammar;

import io.jynamo.text.grammar.automaton.Node;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A mask put together of what is known of the nodes its threads are at. Where they are few that is far cheaper than a walk of the vocabulary; where
 * a text can be read in many ways it is far dearer, and is given up for one walk with all of them at once.
 */
final class MaskParts {
    /** Local masks that are made on the way; each takes a walk of its own, and is there the next time. */
    private static final int MOST_MADE = 4;

    private record Part(Node node, @Nullable Frame below) {}

    private final TokenVocabulary vocabulary;
    private final LocalMasks locals;
    private final Exploration home;
    private final long[] bits;
    private final Effort effort;
    private final Set<Part> parts = new HashSet<>();
    private final Set<Node> added = new HashSet<>();
    private int made;
    private long walked;

    MaskParts(TokenVocabulary vocabulary, LocalMasks locals, Exploration home, long[] bits, Effort effort) {
        this.vocabulary = vocabulary;
        this.locals = locals;
        this.home = home;
        this.bits = bits;
        this.effort = effort;
    }

    /** Sets the bits of the tokens that may follow; false, with some of them set, where a walk is cheaper. */
    boolean tryAdd(Configuration at) {
        for (int i = 0; i < at.nodes.length; i++) {
            if (!tryAdd(at.nodes[i], at.frames[i])) {
                return false;
            }
        }
        return true;
    }

    /** A place, and those that it returns to. */
    private boolean tryAdd(Node node, @Nullable Frame frame) {
        Node at = node;
        Frame below = frame;
        while (parts.add(new Part(at, below))) {
            effort.place();
            if (!tryAddPart(at, below)) {
                return false;
            }
            if (below == null || !at.accepting()) {
                return true;
            }
            at = below.node;
            below = below.below;
        }
        return true;
    }

    private boolean tryAddPart(Node node, @Nullable Frame below) {
        LocalMasks of = node.common() ? vocabulary.common() : locals;
        LocalMask local = of.find(node);
        if (local == null) {
            if (made++ == MOST_MADE) {
                return false;
            }
            local = of.of(node, effort);
        }
        if (added.add(node)) {
            local.tokens().addTo(bits);
        }
        if (below != null && local.exits().length > 0) {
            return tryWalk(local.exits(), home.at(below.node, below.below));
        }
        return true;
    }

    private boolean tryWalk(int[] exits, Configuration behind) {
        TokenTrie trie = vocabulary.trie();
        for (int exit : exits) {
            long before = effort.nodes();
            trie.walk(exit, behind, bits, _ -> {}, effort);
            walked += effort.nodes() - before;
            if (walked > trie.size()) {
                return false;
            }
        }
        return true;
    }
}
