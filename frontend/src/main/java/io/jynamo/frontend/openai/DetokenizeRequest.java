package io.jynamo.frontend.openai;

import io.jynamo.frontend.json.JsonInput;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A checked body of {@code POST /detokenize}.
 *
 * @param model null for the only one served
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never shared
public record DetokenizeRequest(@Nullable String model, int[] tokens) {
    private static final Field<int[]> TOKENS = Field.taken("tokens", Shapes.tokenIds(0), "The ids.");

    /** Of the body. */
    public static final FieldTable TABLE = new FieldTable(List.of(SharedFields.MODEL, TOKENS), Set.of(TOKENS));

    /**
     * Reads and checks a body.
     *
     * @throws Refusal naming the field
     * @throws io.jynamo.protocol.JynamoException INVALID_JSON
     */
    public static DetokenizeRequest parse(byte[] body, int count) {
        FieldValues values = JsonInput.readObject(body, count, in -> TABLE.read(in, ""));
        return new DetokenizeRequest(values.find(SharedFields.MODEL), values.or(TOKENS, new int[0]));
    }
}
