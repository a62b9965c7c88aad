package io.jynamo.frontend.batch;

import static io.jynamo.frontend.openai.Field.taken;

import io.jynamo.frontend.json.JsonInput;
import io.jynamo.frontend.openai.Field;
import io.jynamo.frontend.openai.FieldTable;
import io.jynamo.frontend.openai.FieldValues;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.frontend.openai.Shape;
import io.jynamo.frontend.openai.Shapes;
import java.util.List;
import java.util.Set;

/**
 * One request of a batch.
 *
 * @param index from 0
 * @param offset of its first byte in the input
 * @param customId by which its owner knows it; no other line of the batch has it
 * @param body as it was given; none of it where the line is not about to run
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never shared
record BatchLine(int index, long offset, String customId, byte[] body) {
    /** Where lines may go. */
    static final List<String> ENDPOINTS =
            List.of("/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/v1/responses");

    private static final int MOST_ID_CHARACTERS = 512;

    private static final Field<String> CUSTOM_ID =
            taken("custom_id", Shapes.string(1, MOST_ID_CHARACTERS), "Tells its answer from others.");
    private static final Field<String> METHOD = taken("method", Shapes.oneOf("POST"), "As HTTP has it.");
    private static final Field<String> URL =
            taken("url", Shapes.oneOf(ENDPOINTS.toArray(String[]::new)), "The batch's own endpoint.");
    private static final Shape<byte[]> OBJECT = Shapes.shape(
            (in, path) -> {
                Shapes.require(in.isObject(), in, path, "an object");
                return in.raw();
            },
            out -> out.name("type").value("object"));
    private static final Field<byte[]> BODY = taken("body", OBJECT, "The request, as its endpoint takes it.");

    private static final FieldTable TABLE =
            new FieldTable(List.of(CUSTOM_ID, METHOD, URL, BODY), Set.of(CUSTOM_ID, METHOD, URL, BODY));

    private static final byte[] NO_BODY = new byte[0];

    /** The same while it runs, or waits to: its body is in the input. */
    BatchLine withoutBody() {
        return new BatchLine(index, offset, customId, NO_BODY);
    }

    /**
     * Reads and checks a line.
     *
     * @param bytes of it
     * @param endpoint that it must name
     * @throws io.jynamo.frontend.openai.Refusal naming the field
     * @throws io.jynamo.protocol.JynamoException INVALID_JSON
     */
    static BatchLine read(LineReader.Line line, byte[] bytes, String endpoint) {
        FieldValues values = JsonInput.readObject(bytes, bytes.length, in -> TABLE.read(in, ""));
        String url = values.or(URL, "");
        if (!url.equals(endpoint)) {
            throw Refusal.invalid("url", "`url` is " + url + ", but the batch's endpoint is " + endpoint + ".");
        }
        return new BatchLine(line.index(), line.offset(), values.or(CUSTOM_ID, ""), values.or(BODY, NO_BODY));
    }
}
