package io.jynamo.frontend.openai;

import static io.jynamo.frontend.openai.Field.refused;
import static io.jynamo.frontend.openai.Field.taken;

import io.jynamo.frontend.json.JsonInput;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The fields that chat and text completions share. */
public final class SharedFields {
    /** Stop strings, and stop token ids, of one request at most. */
    public static final int MAX_STOPS = 32;

    static final int MAX_CHOICES = 128;

    public static final String FLEX = "flex";

    static final Field<Boolean> INCLUDE_USAGE =
            taken("include_usage", Shapes.bool(), "Send one more chunk, without choices, that holds the usage.");
    static final Field<Boolean> CONTINUOUS_USAGE =
            taken("continuous_usage_stats", Shapes.bool(), "Put the usage so far on every chunk.");
    static final FieldTable STREAM_OPTIONS_TABLE = new FieldTable(
            List.of(
                    INCLUDE_USAGE,
                    CONTINUOUS_USAGE,
                    refused("include_obfuscation", "chunks are not padded", Boolean.FALSE::equals)),
            Set.of());

    public static final Field<String> MODEL = taken("model", Shapes.nonBlank(), "Name of a served model.");
    public static final Field<Boolean> STREAM =
            taken("stream", Shapes.bool(), "Send server-sent events as tokens come.");
    static final Field<FieldValues> STREAM_OPTIONS =
            taken("stream_options", Shapes.object(STREAM_OPTIONS_TABLE), "Only with stream.");
    public static final Field<Double> TEMPERATURE =
            taken("temperature", Shapes.number(0, true, 2), "0 takes the most likely token always.");
    public static final Field<Double> TOP_P =
            taken("top_p", Shapes.number(0, false, 1), "Draw from the smallest set of tokens of this probability.");
    public static final Field<Long> TOP_K = taken(
            "top_k", Shapes.integer(-1, Integer.MAX_VALUE), "Draw from this many likeliest tokens; -1 or 0 is all.");
    static final Field<Double> MIN_P =
            taken("min_p", Shapes.number(0, true, 1), "Drop tokens less likely than this share of the likeliest one.");
    static final Field<Double> REPETITION_PENALTY = taken(
            "repetition_penalty", Shapes.number(0, false, 2), "Above 1 discourages tokens seen in prompt or output.");
    static final Field<Double> PRESENCE_PENALTY =
            taken("presence_penalty", Shapes.number(-2, true, 2), "Taken once off tokens that are in the output.");
    static final Field<Double> FREQUENCY_PENALTY =
            taken("frequency_penalty", Shapes.number(-2, true, 2), "Taken off per occurrence in the output.");
    static final Field<Map<String, Double>> LOGIT_BIAS = taken(
            "logit_bias", Shapes.map(Shapes.number(-100, true, 100), 1_024), "Token id to what is added to its logit.");
    static final Field<Long> SEED = taken(
            "seed", Shapes.integer(Long.MIN_VALUE, Long.MAX_VALUE), "Makes the draw a function of the request alone.");
    static final Field<Long> N = taken("n", Shapes.integer(1, MAX_CHOICES), "Independent choices.");
    static final Field<Long> MAX_TOKENS =
            taken("max_tokens", Shapes.integer(0, Integer.MAX_VALUE), "Output tokens at most; by default what fits.");
    static final Field<Long> MIN_TOKENS =
            taken("min_tokens", Shapes.integer(0, Integer.MAX_VALUE), "Output tokens before anything may stop it.");
    public static final Field<Stops> STOP = taken("stop", stops(), "Text, or token ids, that end the output.");
    static final Field<int[]> STOP_TOKEN_IDS = taken(
            "stop_token_ids",
            Shapes.checked(Shapes.tokenIds(0), (ids, path) -> requireFew(ids.length, path)),
            "Token ids that end the output.");
    static final Field<Boolean> INCLUDE_STOP =
            taken("include_stop_str_in_output", Shapes.bool(), "Keep the stop text in the output.");
    static final Field<Boolean> IGNORE_EOS =
            taken("ignore_eos", Shapes.bool(), "Go on past the model's own end of sequence.");
    static final Field<Boolean> SKIP_SPECIAL =
            taken("skip_special_tokens", Shapes.bool(), "Leave special tokens out of the text; true by default.");
    static final Field<Boolean> TOKENS_AS_IDS = taken(
            "return_tokens_as_token_ids", Shapes.bool(), "Name tokens in logprobs token_id:N instead of by text.");
    static final Field<Long> PROMPT_LOGPROBS = taken(
            "prompt_logprobs", Shapes.integer(0, 20), "Log probabilities of the prompt's tokens; not with stream.");
    static final Field<String> CACHE_SALT =
            taken("cache_salt", Shapes.string(), "Only requests with the same salt share cached prompt blocks.");
    static final Field<Long> PRIORITY = taken(
            "priority",
            Shapes.integer(-Integer.MAX_VALUE, Integer.MAX_VALUE),
            "As in vLLM, lower goes first; 0 is ordinary. nvext.agent_hints.priority counts the other way.");
    public static final Field<String> USER =
            taken("user", Shapes.nonBlank(), "Name of the end user; kept with the request.");
    /** Of conversations alone. */
    public static final Field<String> SERVICE_TIER = taken(
            "service_tier",
            Shapes.oneOf("auto", "default", FLEX),
            "A flex request waits while others do, and may be interrupted for them and go on later.");

    public static final Field<FieldValues> NVEXT =
            taken("nvext", Shapes.object(Nvext.TABLE), "Dynamo's request extensions.");

    /** Every shared field, in the order of the published description. */
    static final List<Field<?>> SUPPORTED = List.of(
            MODEL,
            STREAM,
            STREAM_OPTIONS,
            TEMPERATURE,
            TOP_P,
            TOP_K,
            MIN_P,
            REPETITION_PENALTY,
            PRESENCE_PENALTY,
            FREQUENCY_PENALTY,
            LOGIT_BIAS,
            SEED,
            N,
            MAX_TOKENS,
            MIN_TOKENS,
            STOP,
            STOP_TOKEN_IDS,
            INCLUDE_STOP,
            IGNORE_EOS,
            SKIP_SPECIAL,
            TOKENS_AS_IDS,
            PROMPT_LOGPROBS,
            CACHE_SALT,
            PRIORITY,
            USER,
            NVEXT);

    /** What servers of open models take beside OpenAI's Responses. */
    public static final List<Field<?>> EXTENSIONS = List.of(
            TOP_K,
            MIN_P,
            REPETITION_PENALTY,
            PRESENCE_PENALTY,
            FREQUENCY_PENALTY,
            LOGIT_BIAS,
            SEED,
            MIN_TOKENS,
            STOP,
            STOP_TOKEN_IDS,
            INCLUDE_STOP,
            IGNORE_EOS,
            SKIP_SPECIAL,
            CACHE_SALT,
            PRIORITY,
            NVEXT);

    /** Known to vLLM, SGLang or Dynamo, and not built here. */
    public static final List<Field<?>> REFUSED = List.of(
            refused("detokenize", "answers are always text", Boolean.TRUE::equals),
            refused("spaces_between_special_tokens", "text is joined as the tokenizer says", Boolean.TRUE::equals),
            refused("allowed_token_ids", "restricting the vocabulary is not built yet"),
            refused("bad_words", "forbidding words is not built yet", SharedFields::isEmptyList),
            refused("bad_words_token_ids", "forbidding words is not built yet", SharedFields::isEmptyList),
            refused("logprob_token_ids", "logprobs of chosen tokens are not built yet", SharedFields::isEmptyList),
            refused("use_beam_search", "beam search is not built", Boolean.FALSE::equals),
            refused("length_penalty", "beam search is not built", value -> isNumber(value, 1)),
            refused("early_stopping", "beam search is not built", Boolean.FALSE::equals),
            refused("truncate_prompt_tokens", "prompts are never cut silently"),
            refused("kv_transfer_params", "hand-off parameters are made by the server, never taken from clients"),
            refused("lora", "adapters are not built yet"),
            refused("lora_path", "adapters are not built yet"),
            refused("prompt_embeds", "prompts are text or token ids"),
            refused("vllm_xargs", "engine arguments are not taken from clients"),
            refused("request_id", "send the header x-request-id instead"),
            refused("min_thinking_tokens", "nothing makes a model think longer"),
            refused("max_thinking_tokens", "say thinking_token_budget in a chat"));

    private SharedFields() {}

    /** Stop conditions as {@code stop} gives them: texts or ids. */
    public record Stops(List<String> texts, List<Integer> ids) {}

    private static Shape<Stops> stops() {
        return Shapes.either(
                SharedFields::readStops,
                Shapes.nonBlank(),
                Shapes.list(Shapes.nonBlank(), 0, MAX_STOPS),
                Shapes.tokenIds(0));
    }

    private static Stops readStops(JsonInput in, String path) {
        List<String> texts = new java.util.ArrayList<>();
        List<Integer> ids = new java.util.ArrayList<>();
        if (in.isString()) {
            addStop(in.string(), path, texts);
        } else {
            Shapes.require(in.isArray(), in, path, "a string, or an array of strings or token ids");
            while (in.nextElement()) {
                String element = path + "[" + (texts.size() + ids.size()) + "]";
                if (in.isString()) {
                    addStop(in.string(), element, texts);
                } else {
                    ids.add(Shapes.integer(0, Integer.MAX_VALUE)
                            .read(in, element)
                            .intValue());
                }
                requireFew(texts.size(), path);
                requireFew(ids.size(), path);
            }
        }
        return new Stops(List.copyOf(texts), List.copyOf(ids));
    }

    private static void addStop(String text, String path, List<String> to) {
        if (text.isEmpty()) {
            throw Refusal.invalid(path, "`" + path + "` must not be empty.");
        }
        to.add(text);
    }

    private static void requireFew(int count, String path) {
        if (count > MAX_STOPS) {
            throw Refusal.invalid(path, "`" + path + "` must have at most " + MAX_STOPS + " items.");
        }
    }

    public static boolean isEmptyList(@org.jspecify.annotations.Nullable Object value) {
        return value instanceof List<?> list && list.isEmpty();
    }

    static boolean isNumber(@org.jspecify.annotations.Nullable Object value, double expected) {
        return value instanceof Number number && number.doubleValue() == expected;
    }
}
