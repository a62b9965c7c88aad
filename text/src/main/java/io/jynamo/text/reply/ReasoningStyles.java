package io.jynamo.text.reply;

import java.util.List;

/** How each family marks its reasoning. */
final class ReasoningStyles {
    private ReasoningStyles() {}

    private static final List<String> OPEN = List.of("<think>");
    private static final List<String> CLOSE = List.of("</think>");
    private static final List<String> DEEPSEEK_CALLS =
            List.of("<｜tool▁calls▁begin｜>", "<｜DSML｜function_calls>", "<｜DSML｜tool_calls>");

    /** None of its own: Harmony's stage knows its channels. */
    static final ReasoningStyle HARMONY = ReasoningStyle.of(List.of(), List.of(), false, List.of());

    /** The reply opens its reasoning itself, unless the prompt did. */
    static final ReasoningStyle THINK = ReasoningStyle.of(OPEN, CLOSE, false, List.of());

    /** The prompt opens it. */
    static final ReasoningStyle THINKING = ReasoningStyle.of(OPEN, CLOSE, true, List.of());

    static final ReasoningStyle DEEPSEEK = ReasoningStyle.of(OPEN, CLOSE, true, DEEPSEEK_CALLS);
    static final ReasoningStyle DEEPSEEK_V4 = ReasoningStyle.of(OPEN, CLOSE, false, DEEPSEEK_CALLS);
    static final ReasoningStyle MINIMAX = ReasoningStyle.of(OPEN, CLOSE, true, List.of("<minimax:tool_call>"));
    static final ReasoningStyle KIMI_K25 = ReasoningStyle.of(
            OPEN, CLOSE, true, List.of("<|tool_calls_section_begin|>", "<|tool_call_section_begin|>"));
    static final ReasoningStyle KIMI = ReasoningStyle.of(List.of("◁think▷"), List.of("◁/think▷"), false, List.of());
    static final ReasoningStyle MISTRAL = ReasoningStyle.of(List.of("[THINK]"), List.of("[/THINK]"), false, List.of());
    static final ReasoningStyle GEMMA =
            ReasoningStyle.of(List.of("<|channel>thought\n"), List.of("<channel|>"), false, List.of());
    static final ReasoningStyle GRANITE = ReasoningStyle.of(
            List.of("Here is my thought process:", "Here's my thought process:"),
            List.of("Here is my response:", "Here's my response:"),
            false,
            List.of());
}
