package io.jynamo.frontend.responses;

import io.jynamo.frontend.openai.ChatRequest;
import io.jynamo.frontend.openai.FieldTable;
import io.jynamo.frontend.openai.FieldValues;
import io.jynamo.frontend.openai.GenerationOptions;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.frontend.openai.ToolWish;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.text.reply.ToolChoice;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A checked body of {@code POST /v1/responses}.
 *
 * @param chat what it amounts to
 * @param echo what its response says again
 * @param input its own items, references resolved
 * @param previous the response it goes on from, or null
 * @param store whether its response is to be kept
 * @param logprobs whether its response has log probabilities
 * @param summarizes whether reasoning is told as a summary
 * @param names of functions as its client knows them, by those that the model is told, where they differ
 * @param leftOut types of tools that the model is not told of
 */
public record ResponsesRequest(
        ChatRequest chat,
        Echo echo,
        List<Map<String, @Nullable Object>> input,
        @Nullable String previous,
        boolean store,
        boolean logprobs,
        boolean summarizes,
        Map<String, CalledName> names,
        List<String> leftOut) {
    /** For the published description. */
    public static final FieldTable TABLE = ResponseFields.TABLE;

    /**
     * Reads and checks a body.
     *
     * @param history what the client may go on from
     * @throws Refusal naming the field
     * @throws io.jynamo.protocol.JynamoException INVALID_JSON
     */
    public static ResponsesRequest parse(byte[] body, int count, History history) {
        return from(ResponseFields.read(body, count), history);
    }

    private static ResponsesRequest from(FieldValues values, History history) {
        List<Map<String, @Nullable Object>> input = resolved(values.take(ResponseFields.INPUT, List.of()), history);
        String previous = values.find(ResponseFields.PREVIOUS);
        if (previous != null && !history.isKept()) {
            throw Refusal.unsupported(
                    "previous_response_id",
                    "`previous_response_id` is not supported: this server keeps no responses; send the conversation as"
                            + " `input`.");
        }
        List<Map<String, @Nullable Object>> items =
                new ArrayList<>(previous == null ? List.of() : history.conversation(previous));
        int before = items.size();
        items.addAll(input);
        checkOutputs(items, before);
        List<Map<String, @Nullable Object>> tools = values.or(ResponseFields.TOOLS, List.of());
        boolean logprobs = values.or(ResponseFields.INCLUDE, List.of()).contains(ResponseFields.LOGPROBS);
        FieldValues reasoning = values.find(ResponseFields.REASONING);
        ChatRequest chat = new ChatRequest(
                new GenerationOptions(
                        values,
                        alternatives(values, logprobs),
                        values.find(ResponseFields.MAX_OUTPUT_TOKENS),
                        ResponseFields.output(values)),
                Conversation.messages(values.find(ResponseFields.INSTRUCTIONS), items, before),
                variables(values, reasoning),
                true,
                false,
                false,
                false,
                wish(tools, values),
                true,
                true,
                null);
        return new ResponsesRequest(
                chat,
                new Echo(values),
                input,
                previous,
                values.or(ResponseFields.STORE, true),
                logprobs,
                reasoning != null && reasoning.has(ResponseFields.SUMMARY),
                FunctionTools.renamed(tools),
                FunctionTools.leftOut(tools));
    }

    private static ToolWish wish(List<Map<String, @Nullable Object>> tools, FieldValues values) {
        FunctionTools.Choice choice = values.find(ResponseFields.TOOL_CHOICE);
        var wish = new ToolWish(
                FunctionTools.nested(tools),
                choice == null ? new ToolChoice.Auto() : choice.choice(),
                values.or(ResponseFields.PARALLEL, true));
        wish.checkChoice();
        return wish;
    }

    private static List<Map<String, @Nullable Object>> resolved(
            List<Map<String, @Nullable Object>> items, History history) {
        List<Map<String, @Nullable Object>> resolved = new ArrayList<>(items);
        for (int i = 0; i < resolved.size(); i++) {
            Map<String, @Nullable Object> item = resolved.get(i);
            if (InputItems.REFERENCE.equals(item.get("type"))) {
                resolved.set(i, history.item(String.valueOf(item.get("id")), "input[" + i + "]"));
            }
        }
        return resolved;
    }

    /** Refuses the output of a call that was never made: the model could make nothing of it. */
    private static void checkOutputs(List<Map<String, @Nullable Object>> items, int before) {
        Set<@Nullable Object> calls = new HashSet<>();
        for (int i = 0; i < items.size(); i++) {
            Map<String, @Nullable Object> item = items.get(i);
            Object call = item.get("call_id");
            String type = String.valueOf(item.get("type"));
            if (InputItems.CALLS.contains(type)) {
                calls.add(call);
            } else if (InputItems.OUTPUTS.contains(type) && i >= before && !calls.contains(call)) {
                String path = "input[" + (i - before) + "].call_id";
                throw Refusal.invalid(path, "`" + path + "` is " + call + ", but no call before it has this call_id.");
            }
        }
    }

    private static int alternatives(FieldValues values, boolean logprobs) {
        Long top = values.find(ResponseFields.TOP_LOGPROBS);
        if (top != null && top > 0 && !logprobs) {
            throw Refusal.invalid(
                    "top_logprobs", "`top_logprobs` needs `include: [\"" + ResponseFields.LOGPROBS + "\"]`.");
        }
        if (!logprobs) {
            return GenerationRequest.NO_LOGPROBS;
        }
        return top == null ? 0 : top.intValue();
    }

    private static Map<String, @Nullable Object> variables(FieldValues values, @Nullable FieldValues reasoning) {
        Map<String, @Nullable Object> variables = new LinkedHashMap<>(values.or(ChatRequest.TEMPLATE_KWARGS, Map.of()));
        String effort = reasoning == null ? null : reasoning.find(ResponseFields.EFFORT);
        if (effort != null) {
            variables.put("reasoning_effort", effort);
            ChatRequest.switchThinking(variables, !effort.equals("none"));
        }
        return variables;
    }
}
