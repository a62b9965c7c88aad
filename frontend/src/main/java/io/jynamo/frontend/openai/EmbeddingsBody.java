package io.jynamo.frontend.openai;

import static io.jynamo.frontend.openai.Field.refused;
import static io.jynamo.frontend.openai.Field.taken;

import io.jynamo.frontend.json.JsonInput;
import io.jynamo.frontend.openai.CompletionRequest.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A checked body of {@code POST /v1/embeddings}.
 *
 * @param inputs at least one; an empty text is one
 * @param base64 vectors are told as base64 of little-endian floats
 * @param dimensions the vectors' first numbers alone, brought to length 1 anew; null for all
 * @param truncation tokens to cut each text to, -1 for what the model takes; null for not at all
 * @param addSpecialTokens whether a text gets what the tokenizer adds around one
 */
public record EmbeddingsBody(
        String model,
        List<Prompt> inputs,
        boolean base64,
        @Nullable Integer dimensions,
        @Nullable Integer truncation,
        boolean addSpecialTokens) {
    private static final Field<List<Prompt>> INPUT = taken(
            "input", PromptShape.upTo(TextFields.MAX_TEXTS), "A text, token ids, or an array of up to 2048 of either.");
    private static final Field<String> FORMAT =
            taken("encoding_format", Shapes.oneOf("float", "base64"), "How vectors are told; float by default.");
    private static final Field<Long> DIMENSIONS = taken(
            "dimensions",
            Shapes.integer(1, Integer.MAX_VALUE),
            "Cut vectors to so many numbers, where the model was trained for it.");
    private static final Field<Boolean> ADD_SPECIAL_TOKENS =
            taken("add_special_tokens", Shapes.bool(), "Add what the tokenizer adds around a text; true by default.");

    /** Of the body. */
    public static final FieldTable TABLE = table();

    private static FieldTable table() {
        List<Field<?>> fields = new ArrayList<>(List.of(
                SharedFields.MODEL,
                INPUT,
                FORMAT,
                DIMENSIONS,
                TextFields.TRUNCATE,
                ADD_SPECIAL_TOKENS,
                SharedFields.USER,
                refused("messages", "conversations are not embedded; send their text as `input`"),
                refused("embed_dtype", "numbers are 32-bit floats", "float32"::equals),
                refused("endianness", "base64 is little-endian", value -> !"big".equals(value)),
                refused("input_type", "the model's own prompts are not known; put them into the text")));
        fields.addAll(TextFields.REFUSED);
        return new FieldTable(fields, Set.of(SharedFields.MODEL, INPUT));
    }

    public EmbeddingsBody {
        inputs = List.copyOf(inputs);
    }

    /**
     * Reads and checks a body.
     *
     * @throws Refusal naming the field
     * @throws io.jynamo.protocol.JynamoException INVALID_JSON
     */
    public static EmbeddingsBody parse(byte[] body, int count) {
        FieldValues values = JsonInput.readObject(body, count, in -> TABLE.read(in, ""));
        Long dimensions = values.find(DIMENSIONS);
        return new EmbeddingsBody(
                values.or(SharedFields.MODEL, ""),
                values.take(INPUT, List.of()),
                values.or(FORMAT, "float").equals("base64"),
                dimensions == null ? null : dimensions.intValue(),
                TextFields.truncation(values),
                values.or(ADD_SPECIAL_TOKENS, true));
    }
}
