package io.jynamo.frontend.openai;

import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.protocol.TokenLogprobs;
import io.jynamo.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes log probabilities in OpenAI's two shapes: a list of objects for chat, parallel arrays for text completions.
 */
public final class LogprobText {
    private final Tokenizer tokenizer;
    private final boolean asIds;

    /** @param asIds name tokens {@code token_id:N} instead of by their text */
    public LogprobText(Tokenizer tokenizer, boolean asIds) {
        this.tokenizer = tokenizer;
        this.asIds = asIds;
    }

    /** The token's text; bytes that are no whole character become U+FFFD. */
    public String text(int token) {
        return asIds ? "token_id:" + token : new String(bytes(token), StandardCharsets.UTF_8);
    }

    /** Length of a token's own text, whatever it is named. */
    public int length(int token) {
        return new String(bytes(token), StandardCharsets.UTF_8).length();
    }

    /** None for an id that the tokenizer does not have: models have more rows than it has tokens, which can be alternatives. */
    private byte[] bytes(int token) {
        return token < tokenizer.vocabularySize() ? tokenizer.bytes(token) : new byte[0];
    }

    /** {@code {"content": [...]}}. */
    void chat(JsonWriter out, List<TokenLogprobs> tokens) {
        out.beginObject().name("content");
        list(out, tokens);
        out.name("refusal").nullValue().endObject();
    }

    /** A list of tokens, each with its alternatives. */
    public void list(JsonWriter out, List<TokenLogprobs> tokens) {
        out.beginArray();
        for (TokenLogprobs one : tokens) {
            out.beginObject();
            named(out, one.token(), one.logprob());
            out.name("top_logprobs").beginArray();
            for (int i = 0; i < one.topTokens().length; i++) {
                out.beginObject();
                named(out, one.topTokens()[i], one.topLogprobs()[i]);
                out.endObject();
            }
            out.endArray().endObject();
        }
        out.endArray();
    }

    private void named(JsonWriter out, int token, float logprob) {
        out.name("token").value(text(token)).name("logprob").value(logprob);
        out.name("bytes").beginArray();
        for (byte one : bytes(token)) {
            out.value((long) (one & 0xFF));
        }
        out.endArray();
    }

    /**
     * {@code {"tokens", "token_logprobs", "top_logprobs", "text_offset"}}.
     *
     * @param unscored a first token without probabilities (a prompt's first), or null
     * @param offset of the first token in the answer's text, in UTF-16 units
     */
    void completion(JsonWriter out, @Nullable Integer unscored, List<TokenLogprobs> tokens, int offset) {
        out.beginObject().name("tokens").beginArray();
        if (unscored != null) {
            out.value(text(unscored));
        }
        tokens.forEach(one -> out.value(text(one.token())));
        out.endArray().name("token_logprobs").beginArray();
        if (unscored != null) {
            out.nullValue();
        }
        tokens.forEach(one -> out.value(one.logprob()));
        out.endArray().name("top_logprobs").beginArray();
        if (unscored != null) {
            out.nullValue();
        }
        tokens.forEach(one -> alternatives(out, one));
        out.endArray().name("text_offset").beginArray();
        int at = offset;
        if (unscored != null) {
            out.value((long) at);
            at += length(unscored);
        }
        for (TokenLogprobs one : tokens) {
            out.value((long) at);
            at += length(one.token());
        }
        out.endArray().endObject();
    }

    private void alternatives(JsonWriter out, TokenLogprobs one) {
        out.beginObject();
        boolean listed = false;
        for (int i = 0; i < one.topTokens().length; i++) {
            listed |= one.topTokens()[i] == one.token();
            out.name(text(one.topTokens()[i])).value(one.topLogprobs()[i]);
        }
        if (!listed) {
            out.name(text(one.token())).value(one.logprob());
        }
        out.endObject();
    }

    /** vLLM's {@code prompt_logprobs}: null for the first token, then id to logprob, rank and text. */
    void prompt(JsonWriter out, List<TokenLogprobs> tokens) {
        out.beginArray().nullValue();
        for (TokenLogprobs one : tokens) {
            out.beginObject();
            boolean listed = false;
            for (int i = 0; i < one.topTokens().length; i++) {
                listed |= one.topTokens()[i] == one.token();
                ranked(out, one.topTokens()[i], one.topLogprobs()[i], i + 1);
            }
            if (!listed) {
                ranked(out, one.token(), one.logprob(), null);
            }
            out.endObject();
        }
        out.endArray();
    }

    private void ranked(JsonWriter out, int token, float logprob, @Nullable Integer rank) {
        out.name(Integer.toString(token)).beginObject().name("logprob").value(logprob);
        if (rank != null) {
            out.name("rank").value((long) rank);
        }
        out.name("decoded_token").value(text(token)).endObject();
    }
}
