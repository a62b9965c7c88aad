package io.jynamo.frontend.openai;

import static io.jynamo.frontend.openai.Field.notImplemented;
import static io.jynamo.frontend.openai.Field.refused;
import static io.jynamo.frontend.openai.Field.taken;

import io.jynamo.frontend.json.JsonInput;
import io.jynamo.frontend.media.MediaPart;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.text.reply.ToolChoice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A checked body of {@code POST /v1/chat/completions}.
 *
 * @param messages as sent, in order
 * @param templateVariables what the request adds to the chat template's context
 * @param echo the answer begins with the last message's text
 * @param splitsReasoning reasoning is told apart from the answer, where the model marks it
 * @param showsReasoning reasoning that is told apart is told at all
 * @param thinkingBudget tokens of reasoning that the caller wants at most, or null
 */
public record ChatRequest(
        GenerationOptions options,
        List<Map<String, @Nullable Object>> messages,
        Map<String, @Nullable Object> templateVariables,
        boolean addGenerationPrompt,
        boolean continueFinalMessage,
        boolean addSpecialTokens,
        boolean echo,
        ToolWish tools,
        boolean splitsReasoning,
        boolean showsReasoning,
        @Nullable Integer thinkingBudget) {
    /** What chat templates that know of budgets call one. */
    public static final String BUDGET_VARIABLE = "thinking_budget";

    private static final Field<List<Map<String, @Nullable Object>>> MESSAGES =
            taken("messages", Shapes.list(Messages.message(), 1, 1_000_000), "The conversation so far.");
    private static final Field<Long> MAX_COMPLETION_TOKENS = taken(
            "max_completion_tokens",
            Shapes.integer(1, Integer.MAX_VALUE),
            "Output tokens at most; wins over max_tokens.");
    private static final Field<Boolean> LOGPROBS =
            taken("logprobs", Shapes.bool(), "Report the log probability of each output token.");
    private static final Field<Long> TOP_LOGPROBS =
            taken("top_logprobs", Shapes.integer(0, 20), "Alternatives beside each token; needs logprobs.");
    public static final Field<Map<String, @Nullable Object>> TEMPLATE_KWARGS = taken(
                    "chat_template_kwargs", Shapes.freeObject(), "Variables for the chat template.")
            .alias("chat_template_args");
    static final Field<Boolean> ADD_GENERATION_PROMPT =
            taken("add_generation_prompt", Shapes.bool(), "End the prompt where the answer begins; true by default.");
    static final Field<Boolean> CONTINUE_FINAL =
            taken("continue_final_message", Shapes.bool(), "Go on with the last message instead of answering it.");
    static final Field<Boolean> ADD_SPECIAL_TOKENS =
            taken("add_special_tokens", Shapes.bool(), "Frame the rendered prompt as a single text; false by default.");
    private static final Field<Boolean> ECHO =
            taken("echo", Shapes.bool(), "Begin the answer with the last message, if it is the assistant's.");
    private static final Field<String> REASONING_EFFORT = taken(
            "reasoning_effort",
            Shapes.oneOf("none", "minimal", "low", "medium", "high", "xhigh", "max"),
            "Handed to the chat template; none switches thinking off.");
    private static final Field<Boolean> THINKING = taken(
            "thinking",
            Shapes.either(ChatRequest::readThinking, Shapes.bool(), Shapes.freeObject()),
            "Switches thinking on or off where the chat template can.");
    private static final Field<Long> THINKING_BUDGET = taken(
                    "thinking_token_budget",
                    Shapes.integer(0, Integer.MAX_VALUE),
                    "Tokens of reasoning at most, as far as the chat template can ask for that; nothing else holds the model"
                            + " to it, and the answer says so.")
            .alias("thinking_budget");
    private static final Field<Map<String, String>> METADATA =
            taken("metadata", Shapes.map(Shapes.string(), 16), "The caller's own labels; kept with the request.");
    private static final Field<Boolean> PARALLEL_TOOL_CALLS =
            taken("parallel_tool_calls", Shapes.bool(), "Whether one answer may call several tools; true by default.");
    static final Field<List<Map<String, @Nullable Object>>> TOOLS =
            taken("tools", ToolWish.toolsShape(), "Functions that the model may call.");
    private static final Field<ToolChoice> TOOL_CHOICE = taken(
            "tool_choice",
            ToolWish.choiceShape(),
            "none; auto by default, the model decides; required; or the one function to call.");
    private static final Field<Boolean> INCLUDE_REASONING =
            taken("include_reasoning", Shapes.bool(), "Tell the reasoning before the answer; true by default.");
    private static final Field<Boolean> SEPARATE_REASONING = taken(
            "separate_reasoning",
            Shapes.bool(),
            "Tell reasoning as reasoning_content, not with its tags in content; true by default.");

    /** Of the body. */
    public static final FieldTable TABLE = table();

    private static FieldTable table() {
        List<Field<?>> fields = new ArrayList<>(List.of(
                MESSAGES,
                MAX_COMPLETION_TOKENS,
                LOGPROBS,
                TOP_LOGPROBS,
                TEMPLATE_KWARGS,
                ADD_GENERATION_PROMPT,
                CONTINUE_FINAL,
                ADD_SPECIAL_TOKENS,
                ECHO,
                REASONING_EFFORT,
                THINKING,
                THINKING_BUDGET,
                METADATA,
                SharedFields.SERVICE_TIER,
                TOOLS,
                TOOL_CHOICE,
                PARALLEL_TOOL_CALLS,
                INCLUDE_REASONING,
                SEPARATE_REASONING));
        fields.addAll(SharedFields.SUPPORTED);
        fields.addAll(OutputFields.ALL);
        fields.addAll(List.of(
                notImplemented("functions", "use tools"),
                notImplemented("function_call", "use tool_choice"),
                refused("modalities", "answers are text", ChatRequest::isTextOnly),
                refused("audio", "answers are text"),
                refused("prediction", "predicted outputs are not built"),
                refused("store", "answers are not stored", Boolean.FALSE::equals),
                refused("verbosity", "there is no such control"),
                refused("web_search_options", "the server searches nothing"),
                refused("prompt_cache_key", "use cache_salt to separate caches; sharing needs no key"),
                refused("safety_identifier", "use user"),
                refused("chat_template", "templates are not taken from clients"),
                refused("chat_template_content_format", "the template decides"),
                refused("documents", "it is not built yet", SharedFields::isEmptyList),
                refused("mm_processor_kwargs", "engines are started with them"),
                refused("media_io_kwargs", "engines are started with them")));
        fields.addAll(OutputFields.REFUSED);
        fields.addAll(SharedFields.REFUSED);
        return new FieldTable(fields, Set.of(SharedFields.MODEL, MESSAGES));
    }

    /**
     * Reads and checks a body.
     *
     * @throws Refusal naming the field
     * @throws io.jynamo.protocol.JynamoException INVALID_JSON
     */
    public static ChatRequest parse(byte[] body, int count) {
        return from(JsonInput.readObject(body, count, in -> TABLE.read(in, "")));
    }

    private static ChatRequest from(FieldValues values) {
        boolean logprobs = values.is(LOGPROBS);
        Long top = values.find(TOP_LOGPROBS);
        if (top != null && top > 0 && !logprobs) {
            throw Refusal.invalid("top_logprobs", "`top_logprobs` needs `logprobs: true`.");
        }
        Long shorter = values.find(MAX_COMPLETION_TOKENS);
        Long max = shorter != null ? shorter : values.find(SharedFields.MAX_TOKENS);
        if (max != null && max < 1) {
            throw Refusal.invalid("max_tokens", "`max_tokens` must be at least 1.");
        }
        boolean continues = values.is(CONTINUE_FINAL);
        boolean prompts = values.or(ADD_GENERATION_PROMPT, !continues);
        List<Map<String, @Nullable Object>> messages = values.take(MESSAGES, List.of());
        checkContinuation(continues, prompts, messages);
        var tools = new ToolWish(
                values.or(TOOLS, List.of()),
                values.or(TOOL_CHOICE, new ToolChoice.Auto()),
                values.or(PARALLEL_TOOL_CALLS, true));
        tools.checkChoice();
        int alternatives = !logprobs ? GenerationRequest.NO_LOGPROBS : top == null ? 0 : top.intValue();
        return new ChatRequest(
                new GenerationOptions(values, alternatives, max),
                messages,
                variables(values),
                prompts,
                continues,
                values.is(ADD_SPECIAL_TOKENS),
                values.is(ECHO),
                tools,
                values.or(SEPARATE_REASONING, true),
                values.or(INCLUDE_REASONING, true),
                number(values.find(THINKING_BUDGET)));
    }

    static void checkContinuation(boolean continues, boolean prompts, List<Map<String, @Nullable Object>> messages) {
        if (continues && prompts) {
            throw Refusal.invalid(
                    "continue_final_message",
                    "`continue_final_message` and `add_generation_prompt` cannot both be true.");
        }
        if (continues && !(messages.getLast().get("content") instanceof String)) {
            throw Refusal.invalid(
                    "continue_final_message", "`continue_final_message` needs a last message with text content.");
        }
    }

    private static Boolean readThinking(JsonInput in, String path) {
        if (in.isBoolean()) {
            return in.bool();
        }
        Object type = in.tree() instanceof Map<?, ?> map ? map.get("type") : null;
        if ("enabled".equals(type) || "adaptive".equals(type)) {
            return true;
        }
        if ("disabled".equals(type)) {
            return false;
        }
        throw Refusal.invalid(
                path, "`" + path + "` must be true, false or {\"type\": \"enabled\" | \"disabled\" | \"adaptive\"}.");
    }

    /** Thinking is said in three ways, of which a template knows one. */
    private static Map<String, @Nullable Object> variables(FieldValues values) {
        Map<String, @Nullable Object> variables = new LinkedHashMap<>(values.or(TEMPLATE_KWARGS, Map.of()));
        String effort = values.find(REASONING_EFFORT);
        Boolean thinking = values.find(THINKING);
        if (effort != null) {
            variables.put("reasoning_effort", effort);
            thinking = thinking == null ? Boolean.valueOf(!effort.equals("none")) : thinking;
        }
        if (thinking != null) {
            switchThinking(variables, thinking);
        }
        budget(variables, values.find(THINKING_BUDGET));
        return variables;
    }

    /** Tells the chat template, if it reads that. */
    public static void budget(Map<String, @Nullable Object> variables, @Nullable Long tokens) {
        if (tokens != null) {
            variables.put(BUDGET_VARIABLE, tokens);
        }
    }

    private static @Nullable Integer number(@Nullable Long value) {
        return value == null ? null : value.intValue();
    }

    /** Has the chat template switch thinking on or off, if it can. */
    public static void switchThinking(Map<String, @Nullable Object> variables, boolean on) {
        variables.put("thinking", on);
        variables.put("enable_thinking", on);
        variables.put("thinking_mode", on ? "enabled" : "disabled");
    }

    /** What of its messages is no text, in their order. */
    public List<MediaPart> media() {
        return MediaShapes.in(messages);
    }

    private static boolean isTextOnly(@Nullable Object value) {
        return value instanceof List<?> list && list.equals(List.of("text"));
    }
}
