package io.jynamo.text.grammar;

import io.jynamo.text.grammar.automaton.Node;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

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

    LocalMask of(Node node) {
        var known = masks.get(node);
        if (known != null) {
            return known;
        }
        var made = make(node);
        if (masks.putIfAbsent(node, made) == null && bytes.addAndGet(made.bytes()) > maxBytes) {
            bytes.set(0);
            masks.clear();
        }
        return made;
    }

    /** Two threads may make the same one; neither waits for the other. */
    private LocalMask make(Node node) {
        var own = exploration;
        try {
            return make(node, own);
        } finally {
            if (own.weight() > maxBytes) {
                exploration = new Exploration();
            }
        }
    }

    private LocalMask make(Node node, Exploration own) {
        var bits = new long[vocabulary.maskLength()];
        var exits = IntStream.builder();
        var start = own.at(node, null);
        var trie = vocabulary.trie();
        if (PlainText.follows(start)) {
            vocabulary.addPlain(bits);
        } else {
            trie.walk(0, start, bits, exits::add);
        }
        trie.walk(trie.secondRoot(), start, bits, exits::add);
        return new LocalMask(TokenSet.of(bits), exits.build().toArray());
    }
}
