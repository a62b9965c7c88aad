package io.jynamo.frontend.batch;

import static io.jynamo.frontend.openai.Field.taken;

import io.jynamo.frontend.json.JsonInput;
import io.jynamo.frontend.openai.Field;
import io.jynamo.frontend.openai.FieldTable;
import io.jynamo.frontend.openai.FieldValues;
import io.jynamo.frontend.openai.Shape;
import io.jynamo.frontend.openai.Shapes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A checked body of {@code POST /v1/batches}.
 *
 * @param outputSeconds how long what it writes is kept, or null for as long as all files
 */
public record CreateBatch(
        String inputFile,
        String endpoint,
        Map<String, String> metadata,
        @Nullable Long outputSeconds) {
    static final String WINDOW = "24h";
    private static final int MOST_LABELS = 16;
    private static final int MOST_LABEL_CHARACTERS = 512;

    private static final Field<String> INPUT =
            taken("input_file_id", Shapes.nonBlank(), "An uploaded file of purpose batch: one request a line.");
    private static final Field<String> ENDPOINT =
            taken("endpoint", Shapes.oneOf(BatchLine.ENDPOINTS.toArray(String[]::new)), "Where all its lines go.");
    private static final Field<String> COMPLETION_WINDOW =
            taken("completion_window", Shapes.oneOf(WINDOW), "In which lines are run; those left then are not.");
    private static final Shape<String> LABEL = Shapes.string(0, MOST_LABEL_CHARACTERS);
    private static final Field<Map<String, String>> METADATA =
            taken("metadata", Shapes.map(LABEL, MOST_LABELS), "The caller's own labels; told again.");
    private static final Field<String> ANCHOR = taken("anchor", Shapes.oneOf("created_at"), "From when on.");
    private static final Field<Long> SECONDS =
            taken("seconds", Shapes.integer(3_600, 2_592_000), "Until the files are deleted.");
    private static final Field<FieldValues> EXPIRES = taken(
            "output_expires_after",
            Shapes.object(new FieldTable(List.of(ANCHOR, SECONDS), Set.of(ANCHOR, SECONDS))),
            "How long what the batch writes is kept.");

    /** Its fields. */
    public static final FieldTable TABLE = new FieldTable(
            List.of(INPUT, ENDPOINT, COMPLETION_WINDOW, METADATA, EXPIRES), Set.of(INPUT, ENDPOINT, COMPLETION_WINDOW));

    /**
     * Reads and checks a body.
     *
     * @throws io.jynamo.frontend.openai.Refusal naming the field
     * @throws io.jynamo.protocol.JynamoException INVALID_JSON
     */
    static CreateBatch parse(byte[] body, int count) {
        FieldValues values = JsonInput.readObject(body, count, in -> TABLE.read(in, ""));
        FieldValues expires = values.find(EXPIRES);
        return new CreateBatch(
                values.or(INPUT, ""),
                values.or(ENDPOINT, ""),
                values.or(METADATA, Map.of()),
                expires == null ? null : expires.find(SECONDS));
    }
}
