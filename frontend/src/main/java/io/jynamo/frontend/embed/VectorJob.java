package io.jynamo.frontend.embed;

import io.jynamo.frontend.ServedModel;
import io.jynamo.frontend.http.Answer;
import io.jynamo.protocol.EmbeddingRequest.Text;
import io.jynamo.protocol.EmbeddingResult.Vectors;
import java.util.List;
import java.util.function.Function;

/**
 * What a checked request wants of a worker.
 *
 * @param texts whose vectors, or scores, are needed
 * @param answer makes the answer of them; it may take milliseconds
 */
record VectorJob(ServedModel model, List<Text> texts, Function<Vectors, Answer> answer) {
    VectorJob {
        texts = List.copyOf(texts);
    }

    int tokens() {
        return texts.stream().mapToInt(text -> text.tokens().count()).sum();
    }
}
