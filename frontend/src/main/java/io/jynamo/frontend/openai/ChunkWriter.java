package io.jynamo.frontend.openai;

import io.jynamo.frontend.json.JsonWriter;
import java.nio.charset.StandardCharsets;

/**
 * Writes one stream's server-sent events.
 *
 * <p>Of a plain chunk only the token's text differs from the one before it, so everything else is made once per stream
 * and choice and copied: about 250 bytes per token and no objects.
 */
public final class ChunkWriter {
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEEP_ALIVE = ": keep-alive\n\n".getBytes(StandardCharsets.US_ASCII);

    private final boolean chat;
    private final boolean announcesUsage;
    private final LogprobText logprobs;
    private final byte[] envelope;
    private final byte[][] plainHeads;
    private final byte[] plainTail;

    /**
     * @param chat chat chunks, or else text completion chunks
     * @param choices of the whole answer
     * @param announcesUsage a usage chunk will come, so that the others say {@code "usage": null}
     */
    public ChunkWriter(
            AnswerIdentity identity, boolean chat, int choices, boolean announcesUsage, LogprobText logprobs) {
        this.chat = chat;
        this.announcesUsage = announcesUsage;
        this.logprobs = logprobs;
        JsonWriter out = new JsonWriter(256);
        out.raw("data: {\"id\":").quoted(identity.id());
        out.raw(",\"object\":\"").raw(chat ? "chat.completion.chunk" : "text_completion");
        out.raw("\",\"created\":").number(identity.createdSeconds());
        out.raw(",\"model\":").quoted(identity.model());
        out.raw(",\"system_fingerprint\":").quoted(identity.fingerprint());
        out.raw(",\"choices\":[");
        envelope = out.toArray();
        plainHeads = new byte[choices][];
        String tail = chat
                ? "\"},\"logprobs\":null,\"finish_reason\":null}]"
                : "\",\"logprobs\":null,\"finish_reason\":null}]";
        plainTail = (tail + (announcesUsage ? ",\"usage\":null}\n\n" : "}\n\n")).getBytes(StandardCharsets.US_ASCII);
    }

    /** A chunk that adds text and nothing else. */
    public void text(JsonWriter out, int choice, String text) {
        out.raw(plainHead(choice)).escaped(text).raw(plainTail);
    }

    private byte[] plainHead(int choice) {
        byte[] head = plainHeads[choice];
        if (head == null) {
            JsonWriter made = new JsonWriter(envelope.length + 48);
            made.raw(envelope).raw("{\"index\":").number(choice);
            made.raw(chat ? ",\"delta\":{\"content\":\"" : ",\"text\":\"");
            head = made.toArray();
            plainHeads[choice] = head;
        }
        return head;
    }

    /** Any other chunk. */
    public void delta(JsonWriter out, ChoiceDelta delta) {
        JsonWriter body = new JsonWriter(256);
        body.beginObject().name("index").value((long) delta.index());
        if (chat) {
            body.name("delta").beginObject();
            if (delta.first()) {
                body.name("role").value("assistant");
            }
            if (!delta.text().isEmpty() || delta.first()) {
                body.name("content").value(delta.text());
            }
            if (!delta.reasoning().isEmpty()) {
                body.name("reasoning_content").value(delta.reasoning());
            }
            if (!delta.calls().isEmpty()) {
                body.name("tool_calls").beginArray();
                delta.calls().forEach(call -> AnswerBody.call(body, call, true));
                body.endArray();
            }
            body.endObject();
        } else {
            body.name("text").value(delta.text());
        }
        body.name("logprobs");
        logprobs(body, delta);
        body.name("finish_reason").value(delta.finish()).endObject();
        out.raw(envelope).raw(body.toArray()).raw("]");
        if (delta.nvext() != null) {
            out.raw(",\"nvext\":").raw(delta.nvext());
        }
        if (delta.usage() != null) {
            out.raw(",\"usage\":");
            delta.usage().write(out, chat);
        } else if (announcesUsage) {
            out.raw(",\"usage\":null");
        }
        out.raw("}\n\n");
    }

    private void logprobs(JsonWriter body, ChoiceDelta delta) {
        if (delta.logprobs() == null) {
            body.nullValue();
        } else if (chat) {
            logprobs.chat(body, delta.logprobs());
        } else {
            logprobs.completion(body, delta.unscored(), delta.logprobs(), delta.textOffset());
        }
    }

    /** The chunk without choices that holds the usage. */
    public void usage(JsonWriter out, UsageCount usage) {
        out.raw(envelope).raw("],\"usage\":");
        usage.write(out, chat);
        out.raw("}\n\n");
    }

    /** A side event in Dynamo's form: the value is in a comment, so that clients which only read data skip it. */
    public static void annotation(JsonWriter out, String event, byte[] json) {
        out.raw("event: ").raw(event).raw("\n: ").raw(json).raw("\n\n");
    }

    /** The end of a stream that went well. */
    public static void done(JsonWriter out) {
        out.raw(DONE);
    }

    /** A comment that keeps proxies from closing a silent stream. */
    public static void keepAlive(JsonWriter out) {
        out.raw(KEEP_ALIVE);
    }
}
