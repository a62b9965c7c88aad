package io.jynamo.frontend.embed;

import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.protocol.EmbeddingResult.Vectors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Writes the bodies of answers: embeddings as OpenAI has them, ranks as Jina and Cohere, scores as vLLM. */
final class Answers {
    private Answers() {}

    static Answer embeddings(String model, Vectors vectors, boolean base64) {
        JsonWriter out = new JsonWriter(vectors.numbers().length * (base64 ? 6 : 13) + 256);
        out.beginObject().name("object").value("list").name("data").beginArray();
        for (int i = 0; i < vectors.count(); i++) {
            out.beginObject().name("object").value("embedding");
            out.name("index").value((long) i).name("embedding");
            if (base64) {
                out.value(base64(vectors, i));
            } else {
                numbers(out, vectors, i);
            }
            out.endObject();
        }
        out.endArray().name("model").value(model);
        usage(out, vectors.tokens());
        return Answer.json(200, out.endObject().toArray());
    }

    private static void numbers(JsonWriter out, Vectors vectors, int index) {
        out.beginArray();
        for (int i = index * vectors.width(); i < (index + 1) * vectors.width(); i++) {
            out.value(vectors.numbers()[i]);
        }
        out.endArray();
    }

    private static String base64(Vectors vectors, int index) {
        ByteBuffer bytes = ByteBuffer.allocate(vectors.width() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vectors.numbers(), index * vectors.width(), vectors.width());
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    /**
     * The documents of the best scores, best first; equal ones in their own order.
     *
     * @param documents their texts, empty where they are not to be told
     */
    static Answer ranks(String id, String model, float[] scores, int top, List<String> documents, int tokens) {
        JsonWriter out = new JsonWriter(1_024);
        out.beginObject().name("id").value(id).name("model").value(model);
        usage(out, tokens);
        out.name("results").beginArray();
        IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble(index -> -scores[index]))
                .limit(top)
                .forEach(index -> {
                    out.beginObject().name("index").value((long) index);
                    if (!documents.isEmpty()) {
                        out.name("document").beginObject().name("text").value(documents.get(index));
                        out.endObject();
                    }
                    out.name("relevance_score").value(scores[index]).endObject();
                });
        return Answer.json(200, out.endArray().endObject().toArray());
    }

    static Answer scores(String id, String model, float[] scores, int tokens) {
        JsonWriter out = new JsonWriter(scores.length * 48 + 256);
        out.beginObject().name("id").value(id).name("object").value("list");
        out.name("created")
                .value(System.currentTimeMillis() / 1_000)
                .name("model")
                .value(model);
        out.name("data").beginArray();
        for (int i = 0; i < scores.length; i++) {
            out.beginObject().name("index").value((long) i).name("object").value("score");
            out.name("score").value(scores[i]).endObject();
        }
        out.endArray();
        usage(out, tokens);
        return Answer.json(200, out.endObject().toArray());
    }

    private static void usage(JsonWriter out, int tokens) {
        out.name("usage").beginObject().name("prompt_tokens").value((long) tokens);
        out.name("total_tokens").value((long) tokens).endObject();
    }
}
