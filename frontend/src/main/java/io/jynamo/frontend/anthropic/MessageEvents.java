package io.jynamo.frontend.anthropic;

import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.openai.AnswerIdentity;
import io.jynamo.frontend.openai.CallDelta;
import io.jynamo.frontend.openai.UsageCount;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The server-sent events of one message.
 *
 * <p>How it works. At most one content block is open; a part of another kind closes it and opens the next. Of two deltas of
 * one block only the text differs, so all else is made once per block and copied. White space before a text block opens is
 * held back: a block of nothing else, as between two calls, is never sent.
 */
public final class MessageEvents {
    private static final byte[] PING = ascii("event: ping\ndata: {\"type\":\"ping\"}\n\n");
    private static final byte[] STOP = ascii("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
    private static final byte[] DELTA_END = ascii("\"}}\n\n");

    private final AnswerIdentity identity;
    private final Supplier<JsonWriter> events;
    private final StringBuilder held = new StringBuilder(0);
    private @Nullable Kind open;
    private int index = -1;
    private int openCall;
    private byte[] head = {};

    private enum Kind {
        TEXT("text_delta", "text"),
        THINKING("thinking_delta", "thinking"),
        CALL("input_json_delta", "partial_json");

        private final String delta;
        private final String member;

        Kind(String delta, String member) {
            this.delta = delta;
            this.member = member;
        }
    }

    /** @param events begins an event and returns what it is written to */
    public MessageEvents(AnswerIdentity identity, Supplier<JsonWriter> events) {
        this.identity = identity;
        this.events = events;
    }

    /** The message begins. */
    public void start(UsageCount usage) {
        JsonWriter body = new JsonWriter(512);
        body.beginObject().name("type").value("message_start").name("message");
        MessageBody.begin(body, identity);
        body.name("content").beginArray().endArray();
        body.name("stop_reason").nullValue().name("stop_sequence").nullValue();
        body.name("usage");
        MessageUsage.write(body, usage, 0);
        send("message_start", body.endObject().endObject());
    }

    /** Whether further text goes into the block that is open. */
    public boolean isInText() {
        return open == Kind.TEXT;
    }

    public void text(String text) {
        if (isInText()) {
            delta(text);
        } else if (text.isBlank()) {
            held.append(text);
        } else {
            String all = held.isEmpty() ? text : held + text;
            JsonWriter block = open(Kind.TEXT);
            begun(block.name("type").value("text").name("text").value(""));
            delta(all);
        }
    }

    public void thinking(String text) {
        if (open != Kind.THINKING) {
            JsonWriter block = open(Kind.THINKING);
            block.name("type").value("thinking").name("thinking").value("");
            begun(block.name("signature").value(""));
        }
        delta(text);
    }

    public void call(CallDelta news) {
        if (news.id() != null) {
            JsonWriter block = open(Kind.CALL);
            openCall = news.index();
            block.name("type").value("tool_use").name("id").value(news.id());
            block.name("name").value(news.name());
            begun(block.name("input").beginObject().endObject());
        }
        if (!news.arguments().isEmpty() && open == Kind.CALL && news.index() == openCall) {
            delta(news.arguments());
        }
    }

    /**
     * The message ends.
     *
     * @param nvext the answer's extension object as JSON, or null
     */
    public void end(StopReason reason, UsageCount usage, byte @Nullable [] nvext) {
        close();
        JsonWriter body = new JsonWriter(256);
        body.beginObject().name("type").value("message_delta").name("delta").beginObject();
        reason.write(body);
        body.endObject().name("usage");
        MessageUsage.write(body, usage, usage.output());
        if (nvext != null) {
            body.name("nvext").json(nvext);
        }
        send("message_delta", body.endObject());
        events.get().raw(STOP);
    }

    /** An event that says nothing. */
    public static void ping(JsonWriter out) {
        out.raw(PING);
    }

    private void delta(String text) {
        events.get().raw(head).escaped(text).raw(DELTA_END);
    }

    /** Begins the event that opens a block, within its object. */
    private JsonWriter open(Kind kind) {
        close();
        held.setLength(0);
        open = kind;
        index++;
        head = ascii("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":" + index
                + ",\"delta\":{\"type\":\"" + kind.delta + "\",\"" + kind.member + "\":\"");
        JsonWriter body = new JsonWriter(256);
        body.beginObject()
                .name("type")
                .value("content_block_start")
                .name("index")
                .value((long) index);
        return body.name("content_block").beginObject();
    }

    private void begun(JsonWriter body) {
        send("content_block_start", body.endObject().endObject());
        if (index == 0) {
            ping(events.get());
        }
    }

    private void close() {
        if (open == null) {
            return;
        }
        if (open == Kind.THINKING) {
            JsonWriter body = new JsonWriter(128);
            body.beginObject()
                    .name("type")
                    .value("content_block_delta")
                    .name("index")
                    .value((long) index);
            body.name("delta").beginObject().name("type").value("signature_delta");
            body.name("signature").value(MessageBody.SIGNATURE).endObject();
            send("content_block_delta", body.endObject());
        }
        open = null;
        JsonWriter body = new JsonWriter(64);
        body.beginObject()
                .name("type")
                .value("content_block_stop")
                .name("index")
                .value((long) index);
        send("content_block_stop", body.endObject());
    }

    private void send(String event, JsonWriter body) {
        events.get()
                .raw("event: ")
                .raw(event)
                .raw("\ndata: ")
                .raw(body.toArray())
                .raw("\n\n");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
