package io.jynamo.frontend.openai;

import static io.jynamo.frontend.openai.Field.taken;

import io.jynamo.frontend.json.JsonInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A checked body of {@code POST /v1/score}, in vLLM's shape: one text with each of several, or as many with as many.
 *
 * @param first one text, or as many as {@code second} has
 * @param second at least one text
 * @param truncation tokens to cut each text or pair to, -1 for what the model takes; null for not at all
 */
public record ScoreBody(
        String model,
        List<String> first,
        List<String> second,
        @Nullable Integer truncation) {
    private static final Field<List<String>> FIRST = taken("text_1", texts(), "A text, or as many as `text_2` has.");
    private static final Field<List<String>> SECOND = taken(
            "text_2", texts(), "A text, or up to 2048: each is scored with its own of `text_1`, or with the only one.");

    /** Of the body. */
    public static final FieldTable TABLE = table();

    private static FieldTable table() {
        List<Field<?>> fields =
                new ArrayList<>(List.of(SharedFields.MODEL, FIRST, SECOND, TextFields.TRUNCATE, SharedFields.USER));
        fields.addAll(TextFields.REFUSED);
        return new FieldTable(fields, Set.of(SharedFields.MODEL, FIRST, SECOND));
    }

    public ScoreBody {
        first = List.copyOf(first);
        second = List.copyOf(second);
    }

    private static Shape<List<String>> texts() {
        Shape<List<String>> list = Shapes.list(Shapes.string(), 1, TextFields.MAX_TEXTS);
        return Shapes.either(
                (in, path) -> in.isString() ? List.of(in.string()) : read(list, in, path), Shapes.string(), list);
    }

    private static List<String> read(Shape<List<String>> list, JsonInput in, String path) {
        Shapes.require(in.isArray(), in, path, "a string or an array of strings");
        return list.read(in, path);
    }

    /**
     * Reads and checks a body.
     *
     * @throws Refusal naming the field
     * @throws io.jynamo.protocol.JynamoException INVALID_JSON
     */
    public static ScoreBody parse(byte[] body, int count) {
        FieldValues values = JsonInput.readObject(body, count, in -> TABLE.read(in, ""));
        List<String> first = values.take(FIRST, List.of());
        List<String> second = values.take(SECOND, List.of());
        if (first.size() != 1 && first.size() != second.size()) {
            throw Refusal.invalid(
                    "text_1",
                    "`text_1` must be one text or as many as `text_2`: they have " + first.size() + " and "
                            + second.size() + ".");
        }
        return new ScoreBody(values.or(SharedFields.MODEL, ""), first, second, TextFields.truncation(values));
    }

    /** The first text of a pair. */
    public String first(int pair) {
        return first.get(first.size() == 1 ? 0 : pair);
    }
}
