package io.jynamo.engine.encoder;

import io.jynamo.protocol.EmbeddingRequest;
import java.util.List;

/** The tokens of several texts, one after another without padding, as one pass computes them. */
final class TextBatch {
    private final List<EmbeddingRequest.Text> texts;
    private final int[] firsts;

    TextBatch(List<EmbeddingRequest.Text> texts) {
        this.texts = List.copyOf(texts);
        this.firsts = new int[texts.size() + 1];
        for (int i = 0; i < texts.size(); i++) {
            firsts[i + 1] = firsts[i] + texts.get(i).tokens().count();
        }
    }

    int texts() {
        return texts.size();
    }

    EmbeddingRequest.Text text(int index) {
        return texts.get(index);
    }

    /** Index of a text's first token among all. */
    int first(int text) {
        return firsts[text];
    }

    int count(int text) {
        return firsts[text + 1] - firsts[text];
    }

    int tokens() {
        return firsts[texts.size()];
    }
}
