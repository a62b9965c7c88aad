package io.jynamo.frontend.openai;

import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.Sampling;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a chat or text completion asks for, beside its prompt; every value is checked. */
public final class GenerationOptions {
    private final FieldValues values;
    private final Nvext nvext;
    private final int topLogprobs;
    private final @Nullable Integer maxTokens;
    private final Map<Integer, Float> logitBias;
    private final Set<Integer> stopTokenIds;
    private final @Nullable OutputWish output;

    /**
     * @param values of the shared fields, checked by their tables
     * @param topLogprobs {@link GenerationRequest#NO_LOGPROBS}, or how many alternatives beside each output token
     * @param maxTokens output tokens at most, or null for whatever the context leaves
     */
    public GenerationOptions(FieldValues values, int topLogprobs, @Nullable Long maxTokens) {
        this(values, topLogprobs, maxTokens, OutputFields.wish(values));
    }

    /**
     * The same where a dialect says in its own words what output must look like.
     *
     * @param output or null for anything
     */
    public GenerationOptions(
            FieldValues values, int topLogprobs, @Nullable Long maxTokens, @Nullable OutputWish output) {
        this.values = values;
        this.nvext = Nvext.from(values.find(SharedFields.NVEXT));
        this.topLogprobs = topLogprobs;
        this.maxTokens = maxTokens == null ? null : maxTokens.intValue();
        this.logitBias = bias(values.or(SharedFields.LOGIT_BIAS, Map.of()));
        this.stopTokenIds = stopIds(values);
        this.output = output;
        check();
    }

    private void check() {
        if (values.has(SharedFields.STREAM_OPTIONS) && !stream()) {
            throw Refusal.invalid("stream_options", "`stream_options` is only allowed with `stream: true`.");
        }
        if (stream() && values.has(SharedFields.PROMPT_LOGPROBS)) {
            throw Refusal.invalid("prompt_logprobs", "`prompt_logprobs` cannot be had with `stream: true`.");
        }
        if (choices() > 1 && isGreedy()) {
            throw Refusal.invalid(
                    "n", "`n` above 1 needs a temperature above 0: greedy choices would all be the same.");
        }
        if (maxTokens != null && minTokens() > Math.max(maxTokens, 1)) {
            throw Refusal.invalid("min_tokens", "`min_tokens` must not exceed `max_tokens` (" + maxTokens + ").");
        }
    }

    private boolean isGreedy() {
        Double temperature = values.find(SharedFields.TEMPERATURE);
        return nvext.greedy() || (temperature != null && temperature == 0);
    }

    public String model() {
        return values.or(SharedFields.MODEL, "");
    }

    public boolean stream() {
        return values.is(SharedFields.STREAM);
    }

    public boolean includeUsage() {
        FieldValues options = values.find(SharedFields.STREAM_OPTIONS);
        return options != null && options.is(SharedFields.INCLUDE_USAGE);
    }

    public boolean continuousUsage() {
        FieldValues options = values.find(SharedFields.STREAM_OPTIONS);
        return options != null && options.is(SharedFields.CONTINUOUS_USAGE);
    }

    public int choices() {
        return values.or(SharedFields.N, 1L).intValue();
    }

    /** Output tokens at most, or null for whatever the context leaves. */
    public @Nullable Integer maxTokens() {
        return maxTokens;
    }

    public int minTokens() {
        return values.or(SharedFields.MIN_TOKENS, 0L).intValue();
    }

    public List<String> stopTexts() {
        SharedFields.Stops stops = values.find(SharedFields.STOP);
        return stops == null ? List.of() : stops.texts();
    }

    public Set<Integer> stopTokenIds() {
        return stopTokenIds;
    }

    public boolean includeStop() {
        return values.is(SharedFields.INCLUDE_STOP);
    }

    public boolean ignoreEos() {
        return values.is(SharedFields.IGNORE_EOS);
    }

    public boolean skipSpecial() {
        return values.or(SharedFields.SKIP_SPECIAL, true);
    }

    /** {@link GenerationRequest#NO_LOGPROBS}, or how many alternatives beside each output token. */
    public int topLogprobs() {
        return topLogprobs;
    }

    /** {@link GenerationRequest#NO_LOGPROBS}, or how many alternatives beside each prompt token. */
    public int promptLogprobs() {
        return values.or(SharedFields.PROMPT_LOGPROBS, (long) GenerationRequest.NO_LOGPROBS)
                .intValue();
    }

    public boolean tokensAsIds() {
        return values.is(SharedFields.TOKENS_AS_IDS);
    }

    /** From {@code nvext} or, failing that, the top level. */
    public @Nullable String cacheSalt() {
        String salt = nvext.cacheSalt();
        return salt != null && !salt.isEmpty() ? salt : values.find(SharedFields.CACHE_SALT);
    }

    /** Higher goes first, as the engine counts; vLLM's own field counts the other way. */
    public int priority() {
        Integer hint = nvext.priority();
        return hint != null ? hint : -values.or(SharedFields.PRIORITY, 0L).intValue();
    }

    /** Whether it may be interrupted for the sake of others. */
    public boolean isFlex() {
        return SharedFields.FLEX.equals(values.find(SharedFields.SERVICE_TIER));
    }

    /** What the output must look like, or null for anything. */
    public @Nullable OutputWish output() {
        return output;
    }

    public Nvext nvext() {
        return nvext;
    }

    /** The sampling asked for, the model's own defaults where nothing was. */
    public Sampling sampling(Sampling defaults) {
        boolean greedy = nvext.greedy();
        Long topK = values.find(SharedFields.TOP_K);
        return new Sampling(
                greedy ? 0f : number(SharedFields.TEMPERATURE, defaults.temperature()),
                greedy ? 1f : number(SharedFields.TOP_P, defaults.topP()),
                topK == null ? defaults.topK() : Math.max(0, topK.intValue()),
                number(SharedFields.MIN_P, defaults.minP()),
                number(SharedFields.REPETITION_PENALTY, defaults.repetitionPenalty()),
                number(SharedFields.PRESENCE_PENALTY, defaults.presencePenalty()),
                number(SharedFields.FREQUENCY_PENALTY, defaults.frequencyPenalty()),
                logitBias.isEmpty() ? defaults.logitBias() : logitBias,
                values.find(SharedFields.SEED));
    }

    /** Ids the request names, which the model's vocabulary must hold. */
    public void requireVocabulary(int size) {
        for (int id : logitBias.keySet()) {
            requireId("logit_bias", id, size);
        }
        for (int id : stopTokenIds) {
            requireId("stop_token_ids", id, size);
        }
    }

    /**
     * Checks one id against the vocabulary.
     *
     * @throws Refusal when {@code id} is not below {@code size}
     */
    public static void requireId(String param, int id, int size) {
        if (id >= size) {
            throw Refusal.invalid(
                    param, "`" + param + "` holds token id " + id + ", but the vocabulary has " + size + " tokens.");
        }
    }

    private float number(Field<Double> field, float otherwise) {
        Double value = values.find(field);
        return value == null ? otherwise : value.floatValue();
    }

    private static Map<Integer, Float> bias(Map<String, Double> raw) {
        Map<Integer, Float> byId = new HashMap<>();
        raw.forEach((key, value) -> {
            try {
                int id = Integer.parseInt(key);
                if (id < 0) {
                    throw new NumberFormatException(key);
                }
                byId.put(id, value.floatValue());
            } catch (NumberFormatException notAnId) {
                throw Refusal.invalid("logit_bias", "`logit_bias` keys must be token ids, not '" + key + "'.");
            }
        });
        return Map.copyOf(byId);
    }

    private static Set<Integer> stopIds(FieldValues values) {
        Set<Integer> ids = new LinkedHashSet<>();
        SharedFields.Stops stops = values.find(SharedFields.STOP);
        if (stops != null) {
            ids.addAll(stops.ids());
        }
        int[] more = values.find(SharedFields.STOP_TOKEN_IDS);
        if (more != null) {
            for (int id : more) {
                ids.add(id);
            }
        }
        return Set.copyOf(ids);
    }
}
