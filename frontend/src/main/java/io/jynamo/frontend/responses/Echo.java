package io.jynamo.frontend.responses;

import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.openai.Field;
import io.jynamo.frontend.openai.FieldValues;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.frontend.openai.SharedFields;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What of a request its response says again. */
public final class Echo {
    /** Of tools as JSON, which every response repeats; one whose tools may not be called does not pay for them in tokens. */
    private static final int MOST_TOOL_BYTES = 1 << 20;

    private final FieldValues values;
    private final byte[] tools;
    private final byte[] toolChoice;
    private final byte[] format;

    /** @throws Refusal naming {@code tools} where they are too long to be said again */
    Echo(FieldValues values) {
        this.values = values;
        // Written apart from what they come to stand in: what a client may nest, it may nest as deep as it could send
        // it.
        this.tools = tree(values.take(ResponseFields.TOOLS, List.of()));
        if (tools.length > MOST_TOOL_BYTES) {
            throw Refusal.invalid(
                    "tools", "`tools` must take at most " + MOST_TOOL_BYTES + " bytes, not " + tools.length + ".");
        }
        Map<String, @Nullable Object> asked = ResponseFields.format(values);
        this.format = tree(asked == null ? Map.of("type", "text") : asked);
        FunctionTools.Choice choice = values.find(ResponseFields.TOOL_CHOICE);
        this.toolChoice = tree(choice == null ? "auto" : choice.told());
    }

    private static byte[] tree(@Nullable Object tree) {
        return new JsonWriter(64).tree(tree).toArray();
    }

    /** Writes the members before {@code model}. */
    void writeLimits(JsonWriter out) {
        out.name("instructions").value(values.find(ResponseFields.INSTRUCTIONS));
        number(out, "max_output_tokens", ResponseFields.MAX_OUTPUT_TOKENS);
        number(out, "max_tool_calls", ResponseFields.MAX_TOOL_CALLS);
    }

    /** Writes the members behind {@code output}, which they do not depend on. */
    void writeRest(JsonWriter out) {
        out.name("parallel_tool_calls")
                .value(values.or(ResponseFields.PARALLEL, true).booleanValue());
        text(out, "previous_response_id", ResponseFields.PREVIOUS);
        text(out, "prompt_cache_key", ResponseFields.PROMPT_CACHE_KEY);
        FieldValues reasoning = values.find(ResponseFields.REASONING);
        out.name("reasoning").beginObject();
        out.name("effort").value(reasoning == null ? null : reasoning.find(ResponseFields.EFFORT));
        out.name("summary").value(reasoning == null ? null : reasoning.find(ResponseFields.SUMMARY));
        out.endObject();
        text(out, "safety_identifier", ResponseFields.SAFETY_IDENTIFIER);
        String tier = values.find(SharedFields.SERVICE_TIER);
        out.name("service_tier").value(SharedFields.FLEX.equals(tier) ? tier : "default");
        out.name("text").beginObject().name("format").json(format).endObject();
        out.name("tool_choice").json(toolChoice);
        out.name("tools").json(tools);
        out.name("top_logprobs")
                .value(values.or(ResponseFields.TOP_LOGPROBS, 0L).longValue());
        out.name("truncation").value("disabled");
        text(out, "user", ResponseFields.USER);
        out.name("metadata").tree(values.or(ResponseFields.METADATA, Map.of()));
    }

    private void text(JsonWriter out, String name, Field<String> field) {
        out.name(name).value(values.find(field));
    }

    private void number(JsonWriter out, String name, Field<Long> field) {
        Long value = values.find(field);
        out.name(name);
        if (value == null) {
            out.nullValue();
        } else {
            out.value(value.longValue());
        }
    }
}
