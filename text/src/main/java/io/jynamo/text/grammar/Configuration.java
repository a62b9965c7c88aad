package io.jynamo.text.grammar;

import io.jynamo.text.grammar.automaton.Node;
import org.jspecify.annotations.Nullable;

/**
 * Where a text can be in a grammar: threads, each a node and a stack, in order and each once. Threads that follow from others by a call or a
 * return are not listed. Interned within its {@link Exploration}; what it remembers, the next configurations and the mask, is filled in as it
 * is asked for, by any thread: writers store equal values, so that a race costs work and nothing else.
 */
final class Configuration {
    final Exploration home;
    final Node[] nodes;
    final @Nullable Frame[] frames;
    /** Whether the bottom's rule may end here. */
    final boolean complete;

    private final @Nullable Configuration[][] next = new Configuration[8][];
    private volatile @Nullable TokenSet mask;
    /** How many characters of plain text can follow at least, and how many cannot, so far as {@link PlainText} knows. */
    byte plain;

    byte notPlain = Byte.MAX_VALUE;

    Configuration(Exploration home, Node[] nodes, @Nullable Frame[] frames, boolean complete) {
        this.home = home;
        this.nodes = nodes;
        this.frames = frames;
        this.complete = complete;
    }

    /** After another byte; {@link #isDead} where no text goes on so. */
    Configuration next(int value) {
        return next(value, new Effort());
    }

    /** The same, as a part of answering a larger question. */
    Configuration next(int value, Effort effort) {
        Configuration[] block = next[value >> 5];
        if (block != null) {
            Configuration known = block[value & 31];
            if (known != null) {
                return known;
            }
        }
        return home.step(this, value, effort);
    }

    /** Notes what bytes from {@code low} to {@code high} lead to. */
    void remember(int low, int high, Configuration to) {
        for (int value = low; value <= high; value++) {
            Configuration[] block = next[value >> 5];
            if (block == null) {
                block = new Configuration[32];
                next[value >> 5] = block;
            }
            block[value & 31] = to;
        }
    }

    boolean isDead() {
        return nodes.length == 0;
    }

    @Nullable
    TokenSet mask() {
        return mask;
    }

    void mask(TokenSet set) {
        mask = set;
    }
}
