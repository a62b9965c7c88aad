package io.jynamo.text.grammar;

import io.jynamo.text.grammar.automaton.Node;
import io.jynamo.text.grammar.schema.Json;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of a few characters that stand for themselves in a JSON string: most of any vocabulary. Inside a string that may still be some characters
 * longer all of them are allowed, which is seen by looking at characters instead of tokens; so a string with a length, each place of which is
 * another node, costs no walk of the whole trie at each.
 */
final class PlainText {
    private static final int MAX_CHARACTERS = 16;
    /** As far as is looked at once, for the places that come after. */
    private static final int AHEAD = 64;
    /** Of an ambiguous text even a walk of the trie takes less than to look so far ahead: it is given up then. */
    private static final int MOST_PLACES = 60_000;

    private static final Node CHARACTER = Json.plainCharacter();

    private PlainText() {}

    /** The ids of plain tokens. */
    static BitSet tokens(byte[][] pieces) {
        var plain = new BitSet(pieces.length);
        for (int id = 0; id < pieces.length; id++) {
            plain.set(id, pieces[id].length > 0 && isPlain(pieces[id]));
        }
        return plain;
    }

    private static boolean isPlain(byte[] piece) {
        Node at = CHARACTER;
        int characters = 0;
        for (byte b : piece) {
            Node next = after(at, b & 0xFF);
            if (next == null) {
                return false;
            }
            if (next.isEnd()) {
                characters++;
                next = CHARACTER;
            }
            at = next;
        }
        return at == CHARACTER && characters <= MAX_CHARACTERS;
    }

    private static @Nullable Node after(Node at, int value) {
        for (int i = 0; i < at.edges(); i++) {
            if (at.low(i) <= value && value <= at.high(i)) {
                return at.target(i);
            }
        }
        return null;
    }

    /** Whether every plain token can follow. */
    static boolean follows(Configuration at, Effort effort) {
        return follows(at, AHEAD, effort) || follows(at, MAX_CHARACTERS, effort);
    }

    private static boolean follows(Configuration at, int characters, Effort effort) {
        if (characters <= at.plain) {
            return true;
        }
        if (characters >= at.notPlain || !follows(at, CHARACTER, characters, effort)) {
            at.notPlain = (byte) Math.min(at.notPlain, characters);
            return false;
        }
        at.plain = (byte) characters;
        return true;
    }

    /** The same within a character. What leads back to the very place needs no second look. */
    private static boolean follows(Configuration at, Node within, int characters, Effort effort) {
        for (int i = 0; i < within.edges(); i++) {
            Node then = within.target(i);
            Configuration seen = then.isEnd() && within == CHARACTER ? at : null;
            for (int value = within.low(i); value <= within.high(i); value++) {
                var to = at.next(value, effort);
                if (to != seen && !goesOn(to, then, characters, effort)) {
                    return false;
                }
                seen = to;
            }
        }
        return true;
    }

    private static boolean goesOn(Configuration to, Node then, int characters, Effort effort) {
        if (to.isDead() || effort.places() > MOST_PLACES) {
            return false;
        }
        if (!then.isEnd()) {
            return follows(to, then, characters, effort);
        }
        return characters == 1 || follows(to, characters - 1, effort);
    }
}
