package io.jynamo.frontend.anthropic;

import static io.jynamo.frontend.openai.Field.refused;
import static io.jynamo.frontend.openai.Field.taken;

import io.jynamo.frontend.json.JsonInput;
import io.jynamo.frontend.openai.ChatRequest;
import io.jynamo.frontend.openai.Field;
import io.jynamo.frontend.openai.FieldTable;
import io.jynamo.frontend.openai.FieldValues;
import io.jynamo.frontend.openai.GenerationOptions;
import io.jynamo.frontend.openai.OutputWish;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.frontend.openai.Shapes;
import io.jynamo.frontend.openai.SharedFields;
import io.jynamo.frontend.openai.ToolWish;
import io.jynamo.protocol.GenerationRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checked bodies of {@code POST /v1/messages} and {@code POST /v1/messages/count_tokens}, as the chat requests they amount to. */
public final class MessagesRequest {
    private static final int MOST_MESSAGES = 100_000;

    private static final Field<List<Map<String, @Nullable Object>>> MESSAGES =
            taken("messages", Shapes.list(Conversation.message(), 1, MOST_MESSAGES), "The conversation so far.");
    private static final Field<List<String>> SYSTEM =
            taken("system", Conversation.system(), "What the model is told before the conversation.");
    private static final Field<Long> MAX_TOKENS =
            taken("max_tokens", Shapes.integer(1, Integer.MAX_VALUE), "Output tokens at most, thinking included.");
    private static final Field<Double> TEMPERATURE =
            taken("temperature", Shapes.number(0, true, 1), "0 takes the most likely token always.");
    private static final Field<Long> TOP_K =
            taken("top_k", Shapes.integer(0, Integer.MAX_VALUE), "Draw from this many likeliest tokens; 0 is all.");
    private static final Field<List<String>> STOP_SEQUENCES = taken(
            "stop_sequences",
            Shapes.list(Shapes.nonBlank(), 0, SharedFields.MAX_STOPS),
            "Texts that end the output, which is told without them.");
    private static final Field<Map<String, @Nullable Object>> CACHE_CONTROL = taken(
            "cache_control",
            Shapes.checked(Shapes.freeObject(), Blocks::checkCaching),
            "Taken, and without effect: every prompt's prefix is cached for as long as there is room.");
    private static final Field<String> USER_ID = taken("user_id", Shapes.string(), "Name of the end user.");
    private static final Field<FieldValues> METADATA = taken(
            "metadata", Shapes.object(new FieldTable(List.of(USER_ID), Set.of())), "The caller's own; without effect.");
    private static final Field<String> SERVICE_TIER = taken(
            "service_tier", Shapes.oneOf("auto", "standard_only"), "Taken, and without effect: there is one tier.");

    private static final Field<String> THINKING_TYPE =
            taken("type", Shapes.oneOf("enabled", "adaptive", "disabled"), "Whether the model thinks first.");
    private static final Field<Long> BUDGET = taken(
            "budget_tokens",
            Shapes.integer(1_024, Integer.MAX_VALUE),
            "Thinking tokens at most, as far as the chat template can ask for that; nothing else holds the model to it, and"
                    + " the answer says so.");
    private static final Field<String> DISPLAY =
            taken("display", Shapes.oneOf("summarized", "omitted"), "Whether thinking is told; it is told whole.");
    private static final Field<FieldValues> THINKING = taken(
            "thinking",
            Shapes.object(new FieldTable(List.of(THINKING_TYPE, BUDGET, DISPLAY), Set.of(THINKING_TYPE))),
            "Switches thinking on or off where the chat template can.");
    private static final Field<String> EFFORT =
            taken("effort", Shapes.oneOf("low", "medium", "high", "xhigh", "max"), "Handed to the chat template.");
    private static final Field<Map<String, @Nullable Object>> FORMAT =
            taken("format", Shapes.freeObject(), "A JSON Schema that the answer is held to.");
    private static final Field<FieldValues> OUTPUT_CONFIG = taken(
            "output_config",
            Shapes.object(new FieldTable(List.of(EFFORT, FORMAT, refused("task_budget", "it is not built")), Set.of())),
            "What is wanted of the output.");

    private static final Field<Map<String, @Nullable Object>> OUTPUT_FORMAT =
            taken("output_format", Shapes.freeObject(), "As output_config.format, by its first name.");

    private static final List<Field<?>> PROMPT = List.of(
            SharedFields.MODEL,
            MESSAGES,
            SYSTEM,
            Tools.TOOLS,
            Tools.CHOICE,
            THINKING,
            OUTPUT_CONFIG,
            CACHE_CONTROL,
            OUTPUT_FORMAT,
            refused("mcp_servers", "the server calls nobody", SharedFields::isEmptyList),
            refused("context_management", "conversations are never edited", MessagesRequest::editsNothing));

    /** Of messages. */
    public static final FieldTable TABLE = table();

    /** Of a count of their tokens. */
    public static final FieldTable COUNT_TABLE = new FieldTable(PROMPT, Set.of(SharedFields.MODEL, MESSAGES));

    private MessagesRequest() {}

    private static FieldTable table() {
        List<Field<?>> fields = new ArrayList<>(PROMPT);
        fields.addAll(List.of(
                MAX_TOKENS,
                SharedFields.STREAM,
                TEMPERATURE,
                SharedFields.TOP_P,
                TOP_K,
                STOP_SEQUENCES,
                METADATA,
                SERVICE_TIER,
                SharedFields.NVEXT,
                refused("container", "the server runs no code"),
                refused("inference_geo", "the server is where it is"),
                refused("speed", "there is one speed", "standard"::equals)));
        return new FieldTable(fields, Set.of(SharedFields.MODEL, MESSAGES, MAX_TOKENS));
    }

    /**
     * Reads and checks a body.
     *
     * @param stripsPreamble a leading {@code x-anthropic-billing-header:} line is left out of the system prompt
     * @throws Refusal naming the field
     * @throws io.jynamo.protocol.JynamoException INVALID_JSON
     */
    public static ChatRequest parse(byte[] body, int count, boolean stripsPreamble) {
        return from(JsonInput.readObject(body, count, in -> TABLE.read(in, "")), stripsPreamble);
    }

    /** As {@link #parse}, of a body that has a prompt and nothing of an answer. */
    public static ChatRequest parseCount(byte[] body, int count, boolean stripsPreamble) {
        return from(JsonInput.readObject(body, count, in -> COUNT_TABLE.read(in, "")), stripsPreamble);
    }

    private static ChatRequest from(FieldValues values, boolean stripsPreamble) {
        ToolWish tools = Tools.wish(values);
        FieldValues thinking = values.find(THINKING);
        Long budget = thinking == null || isOff(thinking) ? null : thinking.find(BUDGET);
        var system = Conversation.joined(values.take(SYSTEM, List.of()), stripsPreamble);
        Conversation conversation = Conversation.of(system, values.take(MESSAGES, List.of()));
        return new ChatRequest(
                new GenerationOptions(
                        shared(values), GenerationRequest.NO_LOGPROBS, values.find(MAX_TOKENS), output(values)),
                conversation.messages(),
                variables(values, thinking),
                !conversation.endsInAnswer(),
                conversation.endsInAnswer(),
                false,
                false,
                tools,
                true,
                thinking == null || !"omitted".equals(thinking.find(DISPLAY)),
                budget == null ? null : budget.intValue());
    }

    private static @Nullable OutputWish output(FieldValues values) {
        FieldValues config = values.find(OUTPUT_CONFIG);
        Map<String, @Nullable Object> format = config == null ? null : config.find(FORMAT);
        Map<String, @Nullable Object> first = values.find(OUTPUT_FORMAT);
        if (format != null && first != null) {
            throw Refusal.invalid(
                    OUTPUT_FORMAT.name(), "`output_config.format` and `output_format` say the same; use the former.");
        }
        if (format != null) {
            return OutputWish.of(format, "output_config.format");
        }
        return first == null ? null : OutputWish.of(first, OUTPUT_FORMAT.name());
    }

    /** What is asked for, in the fields that all requests share. */
    private static FieldValues shared(FieldValues values) {
        FieldValues shared = new FieldValues();
        copy(values, SharedFields.MODEL, shared, SharedFields.MODEL);
        copy(values, SharedFields.STREAM, shared, SharedFields.STREAM);
        copy(values, SharedFields.TOP_P, shared, SharedFields.TOP_P);
        copy(values, SharedFields.NVEXT, shared, SharedFields.NVEXT);
        copy(values, TEMPERATURE, shared, SharedFields.TEMPERATURE);
        copy(values, TOP_K, shared, SharedFields.TOP_K);
        List<String> stops = values.or(STOP_SEQUENCES, List.of());
        if (!stops.isEmpty()) {
            shared.put(SharedFields.STOP, new SharedFields.Stops(stops, List.of()));
        }
        return shared;
    }

    private static <T> void copy(FieldValues from, Field<T> field, FieldValues to, Field<T> as) {
        T value = from.find(field);
        if (value != null) {
            to.put(as, value);
        }
    }

    private static Map<String, @Nullable Object> variables(FieldValues values, @Nullable FieldValues thinking) {
        Map<String, @Nullable Object> variables = new LinkedHashMap<>();
        FieldValues config = values.find(OUTPUT_CONFIG);
        String effort = config == null ? null : config.find(EFFORT);
        if (effort != null) {
            variables.put("reasoning_effort", effort);
        }
        if (thinking != null) {
            ChatRequest.switchThinking(variables, !isOff(thinking));
            ChatRequest.budget(variables, isOff(thinking) ? null : thinking.find(BUDGET));
        }
        return variables;
    }

    private static boolean isOff(FieldValues thinking) {
        return "disabled".equals(thinking.find(THINKING_TYPE));
    }

    /** Claude Code asks that all thinking be kept, which is what happens. */
    private static boolean editsNothing(@Nullable Object value) {
        return value instanceof Map<?, ?> map
                && map.keySet().equals(Set.of("edits"))
                && map.get("edits") instanceof List<?> edits
                && edits.stream().allMatch(Map.of("type", "clear_thinking_20251015", "keep", "all")::equals);
    }
}
