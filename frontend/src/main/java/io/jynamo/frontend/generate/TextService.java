package io.jynamo.frontend.generate;

import io.jynamo.frontend.ModelRegistry;
import io.jynamo.frontend.ServedModel;
import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.http.RequestBody;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.keys.KeyTerms;
import io.jynamo.frontend.metrics.FrontendMetrics;
import io.jynamo.frontend.openai.ChatRequest;
import io.jynamo.frontend.openai.DetokenizeRequest;
import io.jynamo.frontend.openai.GenerationOptions;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.frontend.openai.TokenizeRequest;
import io.jynamo.protocol.ErrorCode;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Answers {@code /tokenize} and {@code /detokenize} in vLLM's shapes. */
public final class TextService {
    private final ModelRegistry models;
    private final Lanes lanes;
    private final Preprocessor preprocessor;

    public TextService(ModelRegistry models, FrontendMetrics metrics, Lanes lanes) {
        this.models = models;
        this.lanes = lanes;
        this.preprocessor = new Preprocessor(metrics);
    }

    /** {@code POST /tokenize}. */
    public void tokenize(Exchange exchange) {
        lanes.answer(exchange, () -> {
            RequestBody body = exchange.body();
            byte[] bytes = body.bytes();
            KeyTerms terms = exchange.visit().terms();
            return tokenize(terms, TokenizeRequest.parse(bytes, Math.min(bytes.length, body.count())));
        });
    }

    /** {@code POST /detokenize}. */
    public void detokenize(Exchange exchange) {
        lanes.answer(exchange, () -> {
            RequestBody body = exchange.body();
            byte[] bytes = body.bytes();
            KeyTerms terms = exchange.visit().terms();
            return detokenize(terms, DetokenizeRequest.parse(bytes, Math.min(bytes.length, body.count())));
        });
    }

    private Answer tokenize(KeyTerms terms, TokenizeRequest request) {
        ServedModel model = model(terms, request.model());
        ChatRequest chat = request.chat();
        String text = chat != null ? preprocessor.render(chat, model) : Objects.requireNonNull(request.prompt());
        int[] ids = preprocessor.tokenize(model.tokenizer(), text, request.framed());
        JsonWriter out = new JsonWriter(ids.length * 6 + 128);
        out.beginObject().name("count").value((long) ids.length);
        out.name("max_model_len").value((long) model.card().maxModelLen());
        out.name("tokens").beginArray();
        for (int id : ids) {
            out.value((long) id);
        }
        out.endArray().name("token_strs");
        if (request.tokenTexts()) {
            out.beginArray();
            for (int id : ids) {
                out.value(model.tokenizer().token(id));
            }
            out.endArray();
        } else {
            out.nullValue();
        }
        return Answer.json(200, out.endObject().toArray());
    }

    private Answer detokenize(KeyTerms terms, DetokenizeRequest request) {
        ServedModel model = model(terms, request.model());
        for (int id : request.tokens()) {
            GenerationOptions.requireId("tokens", id, model.tokenizer().vocabularySize());
        }
        String text = model.tokenizer().decode(request.tokens(), false);
        JsonWriter out = new JsonWriter(text.length() + 64);
        out.beginObject().name("prompt").value(text);
        return Answer.json(200, out.endObject().toArray());
    }

    private ServedModel model(KeyTerms terms, @Nullable String name) {
        if (name != null) {
            return models.require(name, terms);
        }
        List<ServedModel> ready = models.ready(terms);
        if (ready.size() != 1) {
            throw new Refusal(
                    ErrorCode.INVALID_REQUEST, "`model` is required: " + ready.size() + " models are served.", "model");
        }
        return ready.getFirst();
    }
}
