package io.jynamo.frontend.generate;

import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.http.RequestHead;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.keys.KeyTerms;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.frontend.responses.InputPage;
import io.jynamo.frontend.responses.ResponseStore;
import io.jynamo.frontend.responses.StoredHistory;
import io.jynamo.protocol.ErrorCode;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Answers OpenAI's paths of responses: making one, which runs as all else does, and what is done with kept ones. */
public final class ResponsesService {
    /** The path that responses are made at, and below which kept ones are. */
    public static final String PATH = "/v1/responses";

    private static final String INPUT_ITEMS = "/input_items";
    private static final String CANCEL = "/cancel";

    private final GenerationService generation;
    private final ResponseStore store;
    private final Lanes lanes;

    public ResponsesService(GenerationService generation, ResponseStore store, Lanes lanes) {
        this.generation = generation;
        this.store = store;
        this.lanes = lanes;
    }

    /** {@code POST /v1/responses}. */
    public void create(Exchange exchange) {
        generation.begin(exchange, new ResponsesDialect(store, owner(exchange)));
    }

    /** {@code GET /v1/responses/ID} and {@code GET /v1/responses/ID/input_items}. */
    public void read(Exchange exchange) {
        String id = named(exchange);
        if (id.endsWith(INPUT_ITEMS)) {
            String of = id.substring(0, id.length() - INPUT_ITEMS.length());
            answer(exchange, (history, head) -> page(history, head, of));
        } else {
            answer(exchange, (history, head) -> whole(history, head, id));
        }
    }

    /** {@code DELETE /v1/responses/ID}. */
    public void delete(Exchange exchange) {
        answer(exchange, (history, head) -> {
            String id = named(exchange);
            history.remove(id);
            JsonWriter out = new JsonWriter(96);
            out.beginObject().name("id").value(id).name("object").value("response");
            return Answer.json(200, out.name("deleted").value(true).endObject().toArray());
        });
    }

    /** {@code POST /v1/responses/ID/cancel}, and what else is posted below a response. */
    public void act(Exchange exchange) {
        boolean cancels = named(exchange).endsWith(CANCEL);
        exchange.respond(
                cancels
                        ? exchange.errors()
                                .answer(
                                        ErrorCode.UNSUPPORTED_PARAMETER,
                                        "Only responses made with `background: true` can be cancelled, which is not"
                                                + " supported; closing its connection ends a response.",
                                        "background",
                                        null)
                        : exchange.errors()
                                .answer(
                                        ErrorCode.ROUTE_NOT_FOUND,
                                        "Route not found: POST "
                                                + exchange.head().path()));
    }

    private void answer(Exchange exchange, BiFunction<StoredHistory, RequestHead, Answer> made) {
        RequestHead head = exchange.head();
        lanes.answer(exchange, () -> made.apply(new StoredHistory(store, owner(exchange)), head));
    }

    private static Answer whole(StoredHistory history, RequestHead head, String id) {
        refuse(head, "stream", "kept responses are told whole");
        refuse(head, "starting_after", "kept responses are told whole");
        refuse(head, "include[]", "kept responses are told as they were made");
        refuse(head, "include", "kept responses are told as they were made");
        return Answer.json(200, history.require(id, null).body());
    }

    private static Answer page(StoredHistory history, RequestHead head, String id) {
        refuse(head, "before", "pages go on behind an item; use after");
        return Answer.json(
                200,
                InputPage.write(
                        history.require(id, null), query(head, "limit"), query(head, "order"), query(head, "after")));
    }

    private static void refuse(RequestHead head, String parameter, String why) {
        String asked = query(head, parameter);
        if (asked != null && !asked.equals("false")) {
            throw Refusal.unsupported(parameter, "`" + parameter + "` is not supported: " + why);
        }
    }

    private static @Nullable String query(RequestHead head, String parameter) {
        try {
            return head.query(parameter);
        } catch (IllegalArgumentException broken) {
            throw Refusal.invalid(parameter, "The query's percent escapes are broken.");
        }
    }

    private static String named(Exchange exchange) {
        return exchange.head().path().substring(PATH.length() + 1);
    }

    /** Whose responses these are: one key never meets those of another. */
    private static String owner(Exchange exchange) {
        KeyTerms terms = exchange.visit().terms();
        return terms.name().isEmpty() ? terms.tenant(exchange.head().header("x-tenant-id")) : terms.name();
    }
}
