package io.jynamo.frontend.openai;

import static io.jynamo.frontend.openai.Field.refused;
import static io.jynamo.frontend.openai.Field.taken;

import io.jynamo.frontend.json.JsonInput;
import io.jynamo.protocol.GenerationRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A checked body of {@code POST /v1/completions}.
 *
 * @param prompts at least one
 * @param echo the answer begins with the prompt
 */
public record CompletionRequest(
        GenerationOptions options, List<Prompt> prompts, boolean echo, boolean addSpecialTokens) {
    /** A prompt as text or as token ids. */
    public sealed interface Prompt {
        record Text(String text) implements Prompt {}

        @SuppressWarnings("ArrayRecordComponent") // read once, never shared
        record Ids(int[] ids) implements Prompt {}
    }

    /** Prompts times choices of one request at most. */
    private static final int MAX_SEQUENCES = 128;

    private static final Field<List<Prompt>> PROMPT =
            taken("prompt", PromptShape.upTo(MAX_SEQUENCES), "A text, token ids, or an array of either.");
    private static final Field<Long> LOGPROBS =
            taken("logprobs", Shapes.integer(0, 5), "Report log probabilities with this many alternatives.");
    private static final Field<Boolean> ECHO = taken("echo", Shapes.bool(), "Begin the answer with the prompt.");
    private static final Field<Long> BEST_OF =
            taken("best_of", Shapes.integer(0, 20), "Must equal n: choices are not ranked here.");
    private static final Field<Boolean> ADD_SPECIAL_TOKENS =
            taken("add_special_tokens", Shapes.bool(), "Add what the tokenizer adds around a text; true by default.");

    /** Of the body. */
    public static final FieldTable TABLE = table();

    private static FieldTable table() {
        List<Field<?>> fields = new ArrayList<>(List.of(PROMPT, LOGPROBS, ECHO, BEST_OF, ADD_SPECIAL_TOKENS));
        fields.addAll(SharedFields.SUPPORTED);
        fields.addAll(OutputFields.ALL);
        fields.add(refused("suffix", "filling in the middle is not built", ""::equals));
        fields.addAll(OutputFields.REFUSED);
        fields.addAll(SharedFields.REFUSED);
        return new FieldTable(fields, Set.of(SharedFields.MODEL, PROMPT));
    }

    public CompletionRequest {
        prompts = List.copyOf(prompts);
    }

    /**
     * Reads and checks a body.
     *
     * @throws Refusal naming the field
     * @throws io.jynamo.protocol.JynamoException INVALID_JSON
     */
    public static CompletionRequest parse(byte[] body, int count) {
        return from(JsonInput.readObject(body, count, in -> TABLE.read(in, "")));
    }

    private static CompletionRequest from(FieldValues values) {
        List<Prompt> prompts = values.take(PROMPT, List.of());
        boolean echo = values.is(ECHO);
        Long max = values.find(SharedFields.MAX_TOKENS);
        if (max != null && max == 0 && !echo) {
            throw Refusal.invalid("max_tokens", "`max_tokens` must be at least 1, or 0 with `echo: true`.");
        }
        int logprobs = values.or(LOGPROBS, (long) GenerationRequest.NO_LOGPROBS).intValue();
        GenerationOptions options = new GenerationOptions(values, logprobs, max);
        Long bestOf = values.find(BEST_OF);
        if (bestOf != null && bestOf != options.choices() && !(bestOf == 0 && options.choices() == 1)) {
            throw bestOf < options.choices()
                    ? Refusal.invalid("best_of", "`best_of` must be at least `n`.")
                    : Refusal.unsupported("best_of", "`best_of` above `n` is not supported: choices are not ranked.");
        }
        if ((long) prompts.size() * options.choices() > MAX_SEQUENCES) {
            throw Refusal.invalid(
                    "n",
                    "Prompts times `n` must be at most " + MAX_SEQUENCES + ", not " + prompts.size() + " x "
                            + options.choices() + ".");
        }
        if (options.nvext().tokenData() != null && prompts.size() > 1) {
            throw Refusal.invalid("nvext.token_data", "`nvext.token_data` needs exactly one prompt.");
        }
        return new CompletionRequest(options, prompts, echo, values.or(ADD_SPECIAL_TOKENS, true));
    }
}
