package io.jynamo.text.grammar;

import io.jynamo.text.grammar.automaton.Node;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The local masks of nodes, made when they are first asked for. Past a limit they are forgotten. */
final class LocalMasks {
    private final TokenVocabulary vocabulary;
    private final long maxBytes;
    private final ConcurrentHashMap<Node, LocalMask> masks = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();
    private volatile Exploration exploration = new Exploration();

    /** Masks of so many bytes, and as much again for the places met while making them. */
    LocalMasks(TokenVocabulary vocabulary, long maxBytes) {
        this.vocabulary = vocabulary;
        this.maxBytes = maxBytes;
    }

    @Nullable
    LocalMask find(Node node) {
        return masks.get(node);
    }

    LocalMask of(Node node, Effort effort) {
        var known = masks.get(node);
        if (known != null) {
            return known;
        }
        var made = make(node, effort);
        if (masks.putIfAbsent(node, made) == null && bytes.addAndGet(made.bytes()) > maxBytes) {
            bytes.set(0);
            masks.clear();
        }
        return made;
    }

    /** Two threads may make the same one; neither waits for the other. */
    private LocalMask make(Node node, Effort effort) {
        var own = exploration;
        try {
            return make(node, own, effort);
        } finally {
            if (own.weight() > maxBytes) {
                exploration = new Exploration();
            }
        }
    }

    private LocalMask make(Node node, Exploration own, Effort effort) {
        var bits = new long[vocabulary.maskLength()];
        var exits = IntStream.builder();
        var start = own.at(node, null);
        var trie = vocabulary.trie();
        if (PlainText.follows(start, effort)) {
            vocabulary.addPlain(bits);
        } else {
            trie.walk(0, start, bits, exits::add, effort);
        }
        trie.walk(trie.secondRoot(), start, bits, exits::add, effort);
        return new LocalMask(TokenSet.of(bits), exits.build().toArray());
    }
}
