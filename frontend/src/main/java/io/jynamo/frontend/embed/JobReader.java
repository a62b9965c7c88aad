package io.jynamo.frontend.embed;

import io.jynamo.frontend.ServedModel;
import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.metrics.FrontendMetrics;
import io.jynamo.frontend.openai.EmbeddingsBody;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.frontend.openai.RerankBody;
import io.jynamo.frontend.openai.ScoreBody;
import io.jynamo.protocol.EmbeddingRequest.Text;
import io.jynamo.protocol.EmbeddingResult.Vectors;
import io.jynamo.protocol.Encoding;
import io.jynamo.protocol.Encoding.Kind;
import io.jynamo.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes jobs of checked bodies, refusing what the model cannot do by name. */
final class JobReader {
    private final FrontendMetrics metrics;

    JobReader(FrontendMetrics metrics) {
        this.metrics = metrics;
    }

    VectorJob embeddings(EmbeddingsBody body, ServedModel model) {
        Encoding encoding = encoding(model);
        if (encoding.kind() == Kind.PAIR_SCORE) {
            throw new Refusal(
                    ErrorCode.INVALID_REQUEST,
                    "The model `" + model.name()
                            + "` makes no embeddings; it scores pairs of texts: use /v1/rerank or /v1/score.",
                    "model");
        }
        int width = width(body.dimensions(), model, encoding);
        var reader = new TextReader(model, encoding, body.truncation(), metrics);
        List<Text> texts = new ArrayList<>();
        for (int i = 0; i < body.inputs().size(); i++) {
            String param = body.inputs().size() == 1 ? "input" : "input[" + i + "]";
            texts.add(reader.read(body.inputs().get(i), body.addSpecialTokens(), param));
        }
        return new VectorJob(
                model,
                texts,
                vectors -> Answers.embeddings(
                        model.name(),
                        body.dimensions() == null ? vectors : VectorMeasure.cut(vectors, width),
                        body.base64()));
    }

    private static int width(@Nullable Integer asked, ServedModel model, Encoding encoding) {
        if (asked == null) {
            return encoding.width();
        }
        if (!encoding.cuttable()) {
            throw new Refusal(
                    ErrorCode.INVALID_REQUEST,
                    "The model `" + model.name()
                            + "` was not trained for vectors of other dimensions (Matryoshka): cutting them would make them"
                            + " poor. Leave `dimensions` out.",
                    "dimensions");
        }
        boolean known = encoding.cuts().isEmpty() || encoding.cuts().contains(asked);
        if (asked > encoding.width() || !known) {
            String possible = encoding.cuts().isEmpty()
                    ? "from 1 to " + encoding.width()
                    : "one of " + new TreeSet<>(encoding.cuts());
            throw new Refusal(
                    ErrorCode.INVALID_REQUEST,
                    "`dimensions` must be " + possible + ", not " + asked + ".",
                    "dimensions");
        }
        return asked;
    }

    VectorJob rerank(RerankBody body, ServedModel model) {
        Pairs pairs = new Pairs(model, body.truncation());
        for (int i = 0; i < body.documents().size(); i++) {
            pairs.add(body.query(), body.documents().get(i), "documents[" + i + "]");
        }
        String id = "rerank-" + UUID.randomUUID();
        List<String> told = body.returnDocuments() ? body.documents() : List.of();
        return pairs.job((scores, tokens) -> Answers.ranks(id, model.name(), scores, body.top(), told, tokens));
    }

    VectorJob score(ScoreBody body, ServedModel model) {
        Pairs pairs = new Pairs(model, body.truncation());
        for (int i = 0; i < body.second().size(); i++) {
            pairs.add(body.first(i), body.second().get(i), "text_2[" + i + "]");
        }
        String id = "score-" + UUID.randomUUID();
        return pairs.job((scores, tokens) -> Answers.scores(id, model.name(), scores, tokens));
    }

    private static Encoding encoding(ServedModel model) {
        Encoding encoding = model.card().encoding();
        if (encoding == null) {
            throw new Refusal(
                    ErrorCode.INVALID_REQUEST,
                    "The model `" + model.name()
                            + "` generates text and makes no embeddings; use /v1/chat/completions or /v1/completions.",
                    "model");
        }
        return encoding;
    }

    /** Makes an answer of scores and of the tokens they took. */
    private interface Told {
        Answer of(float[] scores, int tokens);
    }

    /**
     * Pairs of texts to be scored: by a model that reads both together, or by the cosine of what one makes of each. Neighbouring
     * pairs that begin with the same text have its vector computed once.
     */
    private final class Pairs {
        private final ServedModel model;
        private final boolean together;
        private final TextReader reader;
        private final List<Text> texts = new ArrayList<>();
        private final List<int[]> ends = new ArrayList<>();
        private @Nullable String last;
        private int lastAt;

        Pairs(ServedModel model, @Nullable Integer truncation) {
            Encoding encoding = encoding(model);
            this.model = model;
            this.together = encoding.kind() == Kind.PAIR_SCORE;
            this.reader = new TextReader(model, encoding, truncation, metrics);
        }

        void add(String first, String second, String param) {
            if (together) {
                texts.add(reader.pair(first, second, param));
                return;
            }
            if (!first.equals(last)) {
                last = first;
                lastAt = texts.size();
                texts.add(reader.text(first, true, param.startsWith("text_2") ? "text_1" : "query"));
            }
            ends.add(new int[] {lastAt, texts.size()});
            texts.add(reader.text(second, true, param));
        }

        VectorJob job(Told told) {
            return new VectorJob(model, texts, vectors -> told.of(scores(vectors), vectors.tokens()));
        }

        private float[] scores(Vectors vectors) {
            if (together) {
                return vectors.numbers();
            }
            float[] scores = new float[ends.size()];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = VectorMeasure.cosine(vectors, ends.get(i)[0], ends.get(i)[1]);
            }
            return scores;
        }
    }
}
