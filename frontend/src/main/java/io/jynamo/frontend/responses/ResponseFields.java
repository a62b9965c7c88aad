package io.jynamo.frontend.responses;

import static io.jynamo.frontend.openai.Field.refused;
import static io.jynamo.frontend.openai.Field.taken;

import io.jynamo.frontend.json.JsonInput;
import io.jynamo.frontend.openai.ChatRequest;
import io.jynamo.frontend.openai.Field;
import io.jynamo.frontend.openai.FieldTable;
import io.jynamo.frontend.openai.FieldValues;
import io.jynamo.frontend.openai.OutputWish;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.frontend.openai.Shape;
import io.jynamo.frontend.openai.Shapes;
import io.jynamo.frontend.openai.SharedFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields of {@code POST /v1/responses}. */
final class ResponseFields {
    static final String LOGPROBS = "message.output_text.logprobs";

    /** Asked for by clients that keep reasoning themselves; it is told in the clear, so there is nothing to add. */
    private static final String ENCRYPTED = "reasoning.encrypted_content";

    private static final int MOST_LABELS = 16;
    private static final int MOST_CLIENT_NOTES = 64;
    /** Of what every response repeats. */
    private static final int MOST_LABEL_CHARACTERS = 512;

    static final Field<List<Map<String, @Nullable Object>>> INPUT =
            taken("input", InputItems.shape(), "A user's text, or the items of the conversation.");
    static final Field<String> INSTRUCTIONS = taken(
            "instructions", Shapes.string(), "What the model is told first; not carried over to later responses.");
    static final Field<Long> MAX_OUTPUT_TOKENS = taken(
            "max_output_tokens", Shapes.integer(1, Integer.MAX_VALUE), "Output tokens at most, reasoning included.");
    static final Field<Boolean> STORE = taken(
            "store", Shapes.bool(), "Keep the response for a while, to be read and gone on from; true by default.");
    static final Field<String> PREVIOUS =
            taken("previous_response_id", Shapes.nonBlank(), "A kept response that this one goes on from.");
    static final Field<List<Map<String, @Nullable Object>>> TOOLS =
            taken("tools", FunctionTools.toolsShape(), "Functions that the model may call.");
    static final Field<FunctionTools.Choice> TOOL_CHOICE =
            taken("tool_choice", FunctionTools.choiceShape(), "none, auto by default, required, or a function.");
    static final Field<Boolean> PARALLEL =
            taken("parallel_tool_calls", Shapes.bool(), "Whether one answer may call several tools; true by default.");
    static final Field<Long> MAX_TOOL_CALLS = taken(
            "max_tool_calls",
            Shapes.integer(1, Integer.MAX_VALUE),
            "Of the server's own tools, of which there are none; without effect.");
    static final Field<Map<String, String>> METADATA = taken(
            "metadata",
            Shapes.checked(Shapes.map(label(), MOST_LABELS), ResponseFields::checkNames),
            "The caller's own labels; told again.");
    static final Field<String> USER = taken("user", label(), "Name of the end user; told again.");
    static final Field<String> SAFETY_IDENTIFIER = taken("safety_identifier", label(), "Told again; without effect.");
    static final Field<String> PROMPT_CACHE_KEY =
            taken("prompt_cache_key", label(), "Told again; without effect, as equal prefixes share their cache.");
    private static final Field<Map<String, String>> CLIENT_METADATA = taken(
            "client_metadata",
            Shapes.map(Shapes.string(), MOST_CLIENT_NOTES),
            "What a coding agent says of its own session; without effect, and not told again.");
    static final Field<Long> TOP_LOGPROBS =
            taken("top_logprobs", Shapes.integer(0, 20), "Alternatives beside each token; needs include.");
    static final Field<List<String>> INCLUDE = taken(
            "include",
            Shapes.list(Shapes.checked(Shapes.string(), ResponseFields::checkIncluded), 0, 16),
            LOGPROBS + "; " + ENCRYPTED + " is taken and adds nothing, as reasoning is told in the clear.");

    static final Field<String> EFFORT = taken(
            "effort",
            Shapes.oneOf("none", "minimal", "low", "medium", "high", "xhigh", "max"),
            "Handed to the chat template; none switches thinking off.");
    static final Field<String> SUMMARY = taken(
                    "summary",
                    Shapes.oneOf("auto", "concise", "detailed"),
                    "Tell reasoning, all of it, as a summary instead of as content.")
            .alias("generate_summary");
    static final Field<FieldValues> REASONING = taken(
            "reasoning",
            Shapes.object(new FieldTable(List.of(EFFORT, SUMMARY), Set.of())),
            "How much the model thinks first, and how that is told.");

    private static final Field<Map<String, @Nullable Object>> FORMAT =
            taken("format", Shapes.freeObject(), "text, json_object, or json_schema with its schema.");
    private static final Field<FieldValues> TEXT = taken(
            "text",
            Shapes.object(new FieldTable(
                    List.of(FORMAT, refused("verbosity", "there is no such control", "medium"::equals)), Set.of())),
            "What the answer is.");
    private static final Field<FieldValues> STREAM_OPTIONS = taken(
            "stream_options",
            Shapes.object(new FieldTable(
                    List.of(refused("include_obfuscation", "events are not padded", Boolean.FALSE::equals)), Set.of())),
            "Only with stream.");

    static final FieldTable TABLE = table();

    private ResponseFields() {}

    private static FieldTable table() {
        List<Field<?>> fields = new ArrayList<>(List.of(
                SharedFields.MODEL,
                INPUT,
                INSTRUCTIONS,
                SharedFields.STREAM,
                STREAM_OPTIONS,
                MAX_OUTPUT_TOKENS,
                SharedFields.TEMPERATURE,
                SharedFields.TOP_P,
                STORE,
                PREVIOUS,
                TOOLS,
                TOOL_CHOICE,
                PARALLEL,
                MAX_TOOL_CALLS,
                TEXT,
                REASONING,
                INCLUDE,
                TOP_LOGPROBS,
                METADATA,
                USER,
                SAFETY_IDENTIFIER,
                PROMPT_CACHE_KEY,
                CLIENT_METADATA,
                SharedFields.SERVICE_TIER,
                ChatRequest.TEMPLATE_KWARGS));
        fields.addAll(SharedFields.EXTENSIONS);
        fields.addAll(List.of(
                refused("truncation", "conversations are never cut silently", "disabled"::equals),
                refused("background", "responses are made while their client waits", Boolean.FALSE::equals),
                refused("conversation", "conversations are not kept; use previous_response_id"),
                refused("prompt", "prompts are not kept here; send the text"),
                refused("context_management", "conversations are never edited", SharedFields::isEmptyList),
                refused("prompt_cache_retention", "caches keep what there is room for", "in_memory"::equals)));
        fields.addAll(SharedFields.REFUSED);
        return new FieldTable(fields, Set.of(SharedFields.MODEL, INPUT));
    }

    private static Shape<String> label() {
        return Shapes.checked(Shapes.string(), ResponseFields::checkLabel);
    }

    private static void checkLabel(String label, String path) {
        if (label.length() > MOST_LABEL_CHARACTERS) {
            throw Refusal.invalid(path, "`" + path + "` must have at most " + MOST_LABEL_CHARACTERS + " characters.");
        }
    }

    private static void checkNames(Map<String, String> labels, String path) {
        labels.keySet().forEach(name -> checkLabel(name, path));
    }

    private static void checkIncluded(String asked, String path) {
        if (!asked.equals(LOGPROBS) && !asked.equals(ENCRYPTED)) {
            throw Refusal.unsupported(
                    path, "`" + path + "` asks for " + asked + ", which is not told here; " + LOGPROBS + " is.");
        }
    }

    /** What the answer is held to, or null for anything. */
    static @Nullable OutputWish output(FieldValues values) {
        Map<String, @Nullable Object> format = format(values);
        return format == null ? null : OutputWish.of(format, "text.format");
    }

    /** The format as it was sent, or null. */
    static @Nullable Map<String, @Nullable Object> format(FieldValues values) {
        FieldValues text = values.find(TEXT);
        return text == null ? null : text.find(FORMAT);
    }

    /** The fields of a body. */
    static FieldValues read(byte[] body, int count) {
        return JsonInput.readObject(body, count, in -> TABLE.read(in, ""));
    }
}
