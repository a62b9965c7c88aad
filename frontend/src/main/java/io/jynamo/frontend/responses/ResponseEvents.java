package io.jynamo.frontend.responses;

import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.TokenLogprobs;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes the events of a streamed response, numbered as they come. Event loop only.
 *
 * <p>Of a delta only number and text differ from the one before it, so everything else is made once per item and copied.
 */
public final class ResponseEvents implements Output.Watcher {
    private static final byte[] PLAIN_TAIL = "\",\"logprobs\":[]}\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TAIL = "\"}\n\n".getBytes(StandardCharsets.US_ASCII);

    private final ResponseObject response;
    private final Output output;
    private final boolean stores;
    private @Nullable Supplier<JsonWriter> to;
    private long number;
    private byte[] deltaHead = new byte[0];
    private byte[] deltaMiddle = new byte[0];

    /** @param stores whether the response is to be kept */
    public ResponseEvents(ResponseObject response, Output.Form form, boolean stores) {
        this.response = response;
        this.stores = stores;
        this.output = new Output(response.identity().id(), form, this);
    }

    /** What is told; its news are written at once. */
    public Output output() {
        return output;
    }

    /** Says where events go until the next call; the first call writes that the response began. */
    public void writeTo(Supplier<JsonWriter> events) {
        boolean first = to == null;
        to = events;
        if (first) {
            byte[] begun = response.write(new ResponseEnd.None(), output, stores);
            whole("response.created", begun);
            whole("response.in_progress", begun);
        }
    }

    /** Writes that it ended as responses do; {@code whole} is the response. */
    public void completed(ResponseEnd.Complete end, byte[] whole) {
        whole("response." + end.status(), whole);
    }

    /** Writes that it cannot go on. */
    public void failed(GenerationEnd.Failure failure) {
        output.end(false);
        JsonWriter out = begin("error");
        out.raw(",\"code\":").quoted(failure.code().id());
        out.raw(",\"message\":").quoted(failure.message());
        out.raw(",\"param\":null}\n\n");
        whole("response.failed", response.write(new ResponseEnd.Failed(failure), output, false));
    }

    private void whole(String type, byte[] object) {
        begin(type).raw(",\"response\":").raw(object).raw("}\n\n");
    }

    private JsonWriter begin(String type) {
        JsonWriter out = java.util.Objects.requireNonNull(to).get();
        out.raw("event: ").raw(type).raw("\ndata: {\"type\":\"").raw(type);
        return out.raw("\",\"sequence_number\":").number(number++);
    }

    private JsonWriter begin(String type, OutputItem item) {
        JsonWriter out = begin(type).raw(",\"item_id\":").quoted(item.id());
        return out.raw(",\"output_index\":").number(item.index());
    }

    @Override
    public void onAdded(OutputItem item) {
        item(item, "response.output_item.added");
        switch (item.kind()) {
            case MESSAGE, REASONING -> part(item, "response.content_part.added", "content_index", true);
            case SUMMARY -> part(item, "response.reasoning_summary_part.added", "summary_index", true);
            case CALL, CUSTOM -> {}
        }
        String delta = kindOf(item) + ".delta";
        deltaHead = ("event: " + delta + "\ndata: {\"type\":\"" + delta + "\",\"sequence_number\":")
                .getBytes(StandardCharsets.US_ASCII);
        JsonWriter middle = new JsonWriter(128);
        middle.raw(",\"item_id\":").quoted(item.id());
        middle.raw(",\"output_index\":")
                .number(item.index())
                .raw(partIndex(item))
                .raw(",\"delta\":\"");
        deltaMiddle = middle.toArray();
    }

    @Override
    public void onText(OutputItem item, String more, List<TokenLogprobs> scored) {
        JsonWriter out = java.util.Objects.requireNonNull(to).get();
        out.raw(deltaHead).number(number++).raw(deltaMiddle).escaped(more);
        if (item.kind() != OutputItem.Kind.MESSAGE) {
            out.raw(TAIL);
        } else if (scored.isEmpty()) {
            out.raw(PLAIN_TAIL);
        } else {
            JsonWriter tokens = new JsonWriter(256);
            item.writeLogprobs(tokens, scored);
            out.raw("\",\"logprobs\":").raw(tokens.toArray()).raw("}\n\n");
        }
    }

    @Override
    public void onDone(OutputItem item) {
        JsonWriter out = begin(kindOf(item) + ".done", item);
        out.raw(partIndex(item));
        switch (item.kind()) {
            case MESSAGE -> {
                JsonWriter tokens = new JsonWriter(64);
                item.writeLogprobs(tokens);
                out.raw(",\"text\":").quoted(item.text()).raw(",\"logprobs\":").raw(tokens.toArray());
            }
            case REASONING, SUMMARY -> out.raw(",\"text\":").quoted(item.text());
            case CUSTOM -> out.raw(",\"input\":").quoted(item.text());
            case CALL ->
                out.raw(",\"name\":").quoted(item.name()).raw(",\"arguments\":").quoted(item.text());
        }
        out.raw("}\n\n");
        switch (item.kind()) {
            case MESSAGE, REASONING -> part(item, "response.content_part.done", "content_index", false);
            case SUMMARY -> part(item, "response.reasoning_summary_part.done", "summary_index", false);
            case CALL, CUSTOM -> {}
        }
        item(item, "response.output_item.done");
    }

    private void item(OutputItem item, String type) {
        JsonWriter object = new JsonWriter(256);
        item.write(object);
        begin(type)
                .raw(",\"output_index\":")
                .number(item.index())
                .raw(",\"item\":")
                .raw(object.toArray())
                .raw("}\n\n");
    }

    private void part(OutputItem item, String type, String index, boolean begun) {
        JsonWriter object = new JsonWriter(128);
        item.writePart(object, begun);
        begin(type, item)
                .raw(",\"")
                .raw(index)
                .raw("\":0,\"part\":")
                .raw(object.toArray())
                .raw("}\n\n");
    }

    private static String partIndex(OutputItem item) {
        return switch (item.kind()) {
            case MESSAGE, REASONING -> ",\"content_index\":0";
            case SUMMARY -> ",\"summary_index\":0";
            case CALL, CUSTOM -> "";
        };
    }

    private static String kindOf(OutputItem item) {
        return switch (item.kind()) {
            case MESSAGE -> "response.output_text";
            case REASONING -> "response.reasoning_text";
            case SUMMARY -> "response.reasoning_summary_text";
            case CALL -> "response.function_call_arguments";
            case CUSTOM -> "response.custom_tool_call_input";
        };
    }
}
