package io.jynamo.frontend.generate;

import io.jynamo.frontend.ServedModel;
import io.jynamo.frontend.openai.ChatRequest;
import io.jynamo.frontend.openai.GenerationOptions;
import io.jynamo.frontend.openai.OutputWish;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.frontend.openai.ToolWish;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.OutputConstraint;
import io.jynamo.protocol.OutputConstraint.Form;
import io.jynamo.text.reply.HeldCalls;
import io.jynamo.text.reply.ReplyFormat;
import io.jynamo.text.reply.ReplySettings;
import io.jynamo.text.reply.ToolChoice;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes of what a request wants its output to look like, and of a call that must come, what a worker is asked for. */
final class OutputHold {
    private static final String TOOL_CHOICE = "tool_choice";

    private final ServedModel model;
    private final ReplyFormat format;
    private final @Nullable String rendered;

    private OutputHold(ServedModel model, @Nullable String rendered) {
        this.model = model;
        this.format = model.replies();
        this.rendered = rendered;
    }

    static @Nullable HeldOutput ofCompletion(GenerationOptions options) {
        OutputWish wish = options.output();
        return wish == null ? null : new HeldOutput(wish.field(), OutputConstraint.of(wish.form()));
    }

    /**
     * What a chat's output is held to. A forced call is made of calls alone, so {@code response_format}, which speaks of content, has nothing to say
     * then; the other fields speak of all output, and contradict it.
     *
     * @param rendered the prompt, or null where it came as ids
     */
    static @Nullable HeldOutput ofChat(ChatRequest request, ServedModel model, @Nullable String rendered) {
        var hold = new OutputHold(model, rendered);
        OutputWish wish = request.options().output();
        ToolWish tools = request.tools();
        if (tools.isForced()) {
            if (wish != null && !wish.isOfContent()) {
                throw new Refusal(
                        ErrorCode.INVALID_REQUEST,
                        "`" + wish.field() + "` and `tool_choice` both say what the output must look like; use one of"
                                + " them.",
                        wish.field());
            }
            return hold.held(TOOL_CHOICE, hold.forced(tools));
        }
        if (wish != null) {
            return hold.held(wish.field(), wish.form());
        }
        return tools.isCallable() && tools.hasStrict() ? hold.strict(tools) : null;
    }

    private HeldOutput held(String field, Form form) {
        if (format.isInChannels()) {
            throw new Refusal(
                    ErrorCode.UNSUPPORTED_PARAMETER,
                    "`" + field + "` cannot be had from `" + model.name()
                            + "`: answers in channels (gpt-oss) cannot be held to a form yet.",
                    field);
        }
        return new HeldOutput(field, new OutputConstraint(form, thinking()));
    }

    /** Strict tools are held to their schemas where calls show where they begin; elsewhere the model is trusted. */
    private @Nullable HeldOutput strict(ToolWish tools) {
        if (!model.card().can(Capability.CALL_OUTPUT) || format.isInChannels()) {
            return null;
        }
        return format.freeCalls(tools.held(), tools.parallel(), model.tokenizer())
                .map(calls -> held("tools", calls))
                .orElse(null);
    }

    /** In the model's markup where the engine can; else as JSON, which every reader of a forced call takes. */
    private Form forced(ToolWish tools) {
        List<HeldCalls.Tool> callable = tools.held();
        boolean named = tools.choice() instanceof ToolChoice.Named;
        if (model.card().can(Capability.CALL_OUTPUT) || !model.card().can(Capability.JSON_OUTPUT)) {
            return format.forcedCalls(callable, named, tools.parallel(), model.tokenizer());
        }
        if (named) {
            HeldCalls.Tool only = callable.getFirst();
            return new OutputConstraint.JsonSchema(only.arguments(), only.strict(), false);
        }
        return new OutputConstraint.JsonSchema(arrayOf(callable, tools.parallel()), false, false);
    }

    private String arrayOf(List<HeldCalls.Tool> tools, boolean several) {
        if (tools.stream().anyMatch(tool -> tool.arguments().contains("\"$ref\""))) {
            throw new Refusal(
                    ErrorCode.UNSUPPORTED_PARAMETER,
                    "`tool_choice: required` cannot be had from the engine of `" + model.name()
                            + "` with references in the tools' schemas; name the one function, or write them out.",
                    TOOL_CHOICE);
        }
        return tools.stream()
                .map(tool -> "{\"type\":\"object\",\"properties\":{\"name\":{\"const\":\"" + tool.name()
                        + "\"},\"parameters\":" + tool.arguments()
                        + "},\"required\":[\"name\",\"parameters\"],\"additionalProperties\":false}")
                .collect(Collectors.joining(
                        ",",
                        "{\"type\":\"array\",\"minItems\":1," + (several ? "" : "\"maxItems\":1,")
                                + "\"items\":{\"anyOf\":[",
                        "]}}"));
    }

    /** Reasoning that may be left out is left out where the engine cannot wait for its end. */
    private OutputConstraint.Thinking thinking() {
        ReplySettings.Prompt end = rendered == null ? ReplySettings.Prompt.USUAL : format.promptOf(rendered);
        OutputConstraint.Thinking thinking = format.thinking(end);
        return thinking.begun() || model.card().can(Capability.THINKING_FIRST)
                ? thinking
                : OutputConstraint.Thinking.NONE;
    }
}
