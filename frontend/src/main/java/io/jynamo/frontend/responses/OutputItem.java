package io.jynamo.frontend.responses;

import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.openai.LogprobText;
import io.jynamo.protocol.TokenLogprobs;
import java.util.ArrayList;
import java.util.List;

/** One item of a response's output, as far as it has come. Event loop only. */
final class OutputItem {
    /** What an item is. */
    enum Kind {
        MESSAGE("msg_", "output_text"),
        /** Told as content. */
        REASONING("rs_", "reasoning_text"),
        /** Reasoning that is told as a summary. */
        SUMMARY("rs_", "summary_text"),
        CALL("fc_", ""),
        /** A call of a tool that takes a text as it is. */
        CUSTOM("ctc_", "");

        private final String prefix;
        private final String part;

        Kind(String prefix, String part) {
            this.prefix = prefix;
            this.part = part;
        }
    }

    private static final String UNDER_WAY = "in_progress";

    private final Kind kind;
    private final int index;
    private final String id;
    private final String callId;
    private final CalledName name;
    private final LogprobText tokens;
    private final StringBuilder text = new StringBuilder();
    private final List<TokenLogprobs> logprobs = new ArrayList<>(0);
    private String status = UNDER_WAY;

    /**
     * @param index in the output
     * @param callId empty for all but calls
     * @param name of the function, empty for all but calls
     */
    OutputItem(Kind kind, int index, String response, String callId, CalledName name, LogprobText tokens) {
        this.kind = kind;
        this.index = index;
        this.id = ItemIds.output(response, kind.prefix, index);
        this.callId = callId;
        this.name = name;
        this.tokens = tokens;
    }

    Kind kind() {
        return kind;
    }

    int index() {
        return index;
    }

    String id() {
        return id;
    }

    String name() {
        return name.name();
    }

    /** What was said, thought, or given as arguments. */
    String text() {
        return text.toString();
    }

    void append(String more, List<TokenLogprobs> scored) {
        text.append(more);
        logprobs.addAll(scored);
    }

    /** What came means that text. */
    void replace(String meant) {
        text.setLength(0);
        text.append(meant);
    }

    void end(boolean whole) {
        status = whole ? "completed" : "incomplete";
    }

    /** Writes it; one that is under way has none of what it will hold. */
    void write(JsonWriter out) {
        boolean begun = status.equals(UNDER_WAY);
        out.beginObject().name("id").value(id);
        switch (kind) {
            case MESSAGE -> {
                out.name("type").value("message").name("status").value(status);
                out.name("role").value("assistant");
                parts(out, "content", begun);
            }
            case REASONING -> {
                out.name("type").value("reasoning");
                out.name("summary").beginArray().endArray();
                parts(out, "content", begun);
                out.name("status").value(status);
            }
            case SUMMARY -> {
                out.name("type").value("reasoning");
                parts(out, "summary", begun);
                out.name("status").value(status);
            }
            case CALL -> {
                out.name("type").value("function_call").name("status").value(status);
                out.name("call_id").value(callId).name("name").value(name.name());
                if (!name.namespace().isEmpty()) {
                    out.name("namespace").value(name.namespace());
                }
                out.name("arguments").value(begun ? "" : text());
            }
            case CUSTOM -> {
                out.name("type").value("custom_tool_call").name("call_id").value(callId);
                out.name("name").value(name.name()).name("input").value(begun ? "" : text());
            }
        }
        out.endObject();
    }

    private void parts(JsonWriter out, String member, boolean begun) {
        out.name(member).beginArray();
        if (!begun) {
            part(out, text(), logprobs);
        }
        out.endArray();
    }

    /** Writes its one part. */
    void writePart(JsonWriter out, boolean begun) {
        part(out, begun ? "" : text(), begun ? List.of() : logprobs);
    }

    private void part(JsonWriter out, String said, List<TokenLogprobs> scored) {
        out.beginObject().name("type").value(kind.part).name("text").value(said);
        if (kind == Kind.MESSAGE) {
            out.name("annotations").beginArray().endArray();
            out.name("logprobs");
            writeLogprobs(out, scored);
        }
        out.endObject();
    }

    void writeLogprobs(JsonWriter out) {
        writeLogprobs(out, logprobs);
    }

    void writeLogprobs(JsonWriter out, List<TokenLogprobs> scored) {
        tokens.list(out, scored);
    }
}
