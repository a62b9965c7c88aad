package io.jynamo.frontend.openai;

import static io.jynamo.frontend.openai.Field.refused;
import static io.jynamo.frontend.openai.Field.taken;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The fields that requests for vectors and scores share. */
final class TextFields {
    /** Texts, or pairs of them, of one request at most. */
    static final int MAX_TEXTS = 2_048;

    static final Field<Long> TRUNCATE = taken(
            "truncate_prompt_tokens",
            Shapes.integer(-1, Integer.MAX_VALUE),
            "Cut each text to this many tokens, its begin and end included; -1 to what the model takes.");

    /** Known to vLLM, Cohere or Dynamo, and not built here. */
    static final List<Field<?>> REFUSED = List.of(
            refused("truncation_side", "texts are cut at their end", "right"::equals),
            refused("priority", "requests for vectors have one class", value -> SharedFields.isNumber(value, 0)),
            refused("request_id", "send the header x-request-id instead"),
            refused("cache_salt", "nothing is cached of such requests"),
            refused("mm_processor_kwargs", "only texts are taken"),
            refused("nvext", "it has nothing for such requests", TextFields::isEmptyObject),
            refused("normalize", "the model's files say whether vectors have length 1"),
            refused("use_activation", "the model's files say how scores are told"),
            refused("activation", "the model's files say how scores are told"));

    private TextFields() {}

    private static boolean isEmptyObject(@Nullable Object value) {
        return value instanceof java.util.Map<?, ?> map && map.isEmpty();
    }

    /** {@code truncate_prompt_tokens}: null for not at all, else -1 or at least 1. */
    static @Nullable Integer truncation(FieldValues values) {
        Long asked = values.find(TRUNCATE);
        if (asked == null) {
            return null;
        }
        if (asked == 0) {
            throw Refusal.invalid("truncate_prompt_tokens", "`truncate_prompt_tokens` must be -1 or at least 1.");
        }
        return asked.intValue();
    }
}
