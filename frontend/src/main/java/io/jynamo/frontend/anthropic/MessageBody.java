package io.jynamo.frontend.anthropic;

import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.openai.AnswerIdentity;
import io.jynamo.frontend.openai.CallDelta;
import io.jynamo.frontend.openai.UsageCount;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message that is sent whole: its content blocks, in the order in which the model wrote them. */
public final class MessageBody {
    /** Thinking is not signed, and nobody checks it when it comes back. */
    static final String SIGNATURE = "unsigned";

    private final List<Block> blocks = new ArrayList<>();

    /** A block that may still grow. */
    private sealed interface Block {
        record Text(StringBuilder text) implements Block {}

        record Thinking(StringBuilder text) implements Block {}

        record Call(CallDelta begun, StringBuilder arguments) implements Block {}
    }

    public void text(String text) {
        if (!blocks.isEmpty() && blocks.getLast() instanceof Block.Text last) {
            last.text().append(text);
        } else {
            blocks.add(new Block.Text(new StringBuilder(text)));
        }
    }

    public void thinking(String text) {
        if (!blocks.isEmpty() && blocks.getLast() instanceof Block.Thinking last) {
            last.text().append(text);
        } else {
            blocks.add(new Block.Thinking(new StringBuilder(text)));
        }
    }

    /** News of a call; one that is cut is not told. */
    public void call(CallDelta news) {
        if (news.id() != null) {
            blocks.add(new Block.Call(news, new StringBuilder(news.arguments())));
        } else if (!blocks.isEmpty() && blocks.getLast() instanceof Block.Call last) {
            last.arguments().append(news.arguments());
        }
    }

    /**
     * The body.
     *
     * @param nvext the answer's extension object as JSON, or null
     */
    public byte[] write(AnswerIdentity identity, StopReason reason, UsageCount usage, byte @Nullable [] nvext) {
        JsonWriter out = new JsonWriter(1_024);
        begin(out, identity);
        out.name("content").beginArray();
        blocks.forEach(block -> write(out, block));
        out.endArray();
        reason.write(out);
        out.name("usage");
        MessageUsage.write(out, usage, usage.output());
        if (nvext != null) {
            out.name("nvext").json(nvext);
        }
        return out.endObject().toArray();
    }

    /** Begins a message with what is known of it before any content. */
    static void begin(JsonWriter out, AnswerIdentity identity) {
        out.beginObject().name("id").value(identity.id()).name("type").value("message");
        out.name("role").value("assistant").name("model").value(identity.model());
    }

    private static void write(JsonWriter out, Block block) {
        switch (block) {
            case Block.Text text -> {
                if (!text.text().toString().isBlank()) {
                    out.beginObject().name("type").value("text");
                    out.name("text").value(text.text().toString()).endObject();
                }
            }
            case Block.Thinking thinking -> {
                out.beginObject().name("type").value("thinking");
                out.name("thinking").value(thinking.text().toString());
                out.name("signature").value(SIGNATURE).endObject();
            }
            case Block.Call call -> {
                out.beginObject()
                        .name("type")
                        .value("tool_use")
                        .name("id")
                        .value(call.begun().id());
                out.name("name").value(call.begun().name());
                out.name("input").json(call.arguments().toString().getBytes(StandardCharsets.UTF_8));
                out.endObject();
            }
        }
    }
}
