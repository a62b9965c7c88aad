package io.jynamo.frontend.openai;

import static io.jynamo.frontend.openai.Field.refused;
import static io.jynamo.frontend.openai.Field.taken;

import io.jynamo.frontend.json.JsonInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A checked body of {@code POST /v1/rerank}, in the shape of Jina's and Cohere's.
 *
 * @param documents at least one
 * @param top how many of the best are told, at least 1
 * @param returnDocuments whether their texts are told too
 * @param truncation tokens to cut each text or pair to, -1 for what the model takes; null for not at all
 */
public record RerankBody(
        String model,
        String query,
        List<String> documents,
        int top,
        boolean returnDocuments,
        @Nullable Integer truncation) {
    private static final Field<String> TEXT = taken("text", Shapes.string(), "The document.");
    private static final FieldTable DOCUMENT = new FieldTable(List.of(TEXT), Set.of(TEXT));
    private static final Field<String> QUERY = taken("query", Shapes.string(), "What is looked for.");
    private static final Field<List<String>> DOCUMENTS = taken(
            "documents",
            Shapes.list(
                    Shapes.either(RerankBody::document, Shapes.string(), Shapes.object(DOCUMENT)),
                    1,
                    TextFields.MAX_TEXTS),
            "What is searched: texts, or objects with a text, up to 2048.");
    private static final Field<Long> TOP = taken(
            "top_n",
            Shapes.integer(0, Integer.MAX_VALUE),
            "Tell so many of the best; 0, or more than there are, is all.");
    private static final Field<Boolean> RETURN_DOCUMENTS =
            taken("return_documents", Shapes.bool(), "Tell the documents' texts too; true by default.");

    /** Of the body. */
    public static final FieldTable TABLE = table();

    private static FieldTable table() {
        List<Field<?>> fields = new ArrayList<>(List.of(
                SharedFields.MODEL,
                QUERY,
                DOCUMENTS,
                TOP,
                RETURN_DOCUMENTS,
                TextFields.TRUNCATE,
                SharedFields.USER,
                refused("rank_fields", "documents have a text and nothing else"),
                refused("max_chunks_per_doc", "documents are not cut into chunks"),
                refused("max_tokens_per_doc", "say truncate_prompt_tokens")));
        fields.addAll(TextFields.REFUSED);
        return new FieldTable(fields, Set.of(SharedFields.MODEL, QUERY, DOCUMENTS));
    }

    public RerankBody {
        documents = List.copyOf(documents);
    }

    private static String document(JsonInput in, String path) {
        if (in.isString()) {
            return in.string();
        }
        Shapes.require(in.isObject(), in, path, "a string or an object with a text");
        return DOCUMENT.read(in, path).or(TEXT, "");
    }

    /**
     * Reads and checks a body.
     *
     * @throws Refusal naming the field
     * @throws io.jynamo.protocol.JynamoException INVALID_JSON
     */
    public static RerankBody parse(byte[] body, int count) {
        FieldValues values = JsonInput.readObject(body, count, in -> TABLE.read(in, ""));
        List<String> documents = values.take(DOCUMENTS, List.of());
        long top = values.or(TOP, 0L);
        return new RerankBody(
                values.or(SharedFields.MODEL, ""),
                values.or(QUERY, ""),
                documents,
                top == 0 ? documents.size() : (int) Math.min(top, documents.size()),
                values.or(RETURN_DOCUMENTS, true),
                TextFields.truncation(values));
    }
}
