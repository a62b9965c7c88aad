package io.jynamo.text.grammar;

import io.jynamo.text.grammar.automaton.Refusal;

/**
 * What answering one question has taken: a mask, or a token accepted. Counted in places of the grammar and in nodes of the vocabulary's trie, so that
 * the same question fails on every machine or on none. For one thread.
 */
final class Effort {
    /** Places of one question. Ten thousand words take a quarter of it, and all of it some tens of milliseconds. */
    static final int MOST_PLACES = 200_000;

    private long places;
    private long nodes;

    /** Counts a place, where a byte is looked for or a text may go on. */
    void place() {
        if (++places > MOST_PLACES) {
            throw Refusal.invalid("the constraint is too ambiguous: to find out what may follow takes more than "
                    + MOST_PLACES + " looks at its rules; write them so that a text can be read in one way");
        }
    }

    /** Counts nodes of a trie that were walked over. */
    void walked(int count) {
        nodes += count;
    }

    long places() {
        return places;
    }

    long nodes() {
        return nodes;
    }
}
