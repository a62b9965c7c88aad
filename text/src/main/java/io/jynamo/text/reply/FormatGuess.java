package io.jynamo.text.reply;

import java.util.List;

/**
 * Picks a format by what a chat template writes. A rule asks for every marker that tells its format from those that look like
 * it; the first that fits wins, and where none does there is no guess.
 */
final class FormatGuess {
    private record Rule(String format, List<String> markers) {
        static Rule of(String format, String... markers) {
            return new Rule(format, List.of(markers));
        }

        boolean fits(String template) {
            return markers.stream().allMatch(template::contains);
        }
    }

    private static final String NONE = "";

    private static final List<Rule> CALLS = List.of(
            Rule.of("harmony", "<|channel|>", "<|message|>"),
            // MiniMax M3's tags have a prefix and hold other tags.
            Rule.of(NONE, "]<]minimax[>["),
            // Templates put these tags together, so only their parts are there.
            Rule.of("deepseek_v3_2", "｜DSML｜", "function_calls>"),
            Rule.of("deepseek_v4", "｜DSML｜", "tool_calls"),
            Rule.of("deepseek_v3", "<｜tool▁calls▁begin｜>", "```json"),
            Rule.of("deepseek_v3_1", "<｜tool▁calls▁begin｜>"),
            Rule.of("kimi_k2", "<|tool_calls_section_begin|>"),
            Rule.of("minimax_m2", "<minimax:tool_call>"),
            Rule.of("glm45", "<tool_call>", "<arg_key>", "<arg_value>"),
            Rule.of("qwen3_coder", "<tool_call>", "<function=", "<parameter="),
            Rule.of("nemotron_deci", "<TOOLCALL>"),
            Rule.of("gemma4", "<|tool_call>call:"),
            Rule.of("mistral", "[TOOL_CALLS]"),
            Rule.of("phi4", "functools["),
            Rule.of("granite", "<|tool_call|>"),
            Rule.of("jamba", "<tool_calls>", "</tool_calls>"),
            Rule.of("hermes", "<tool_call>", "</tool_call>", "arguments"),
            Rule.of("pythonic", "params_name1=params_value1"),
            Rule.of("llama3_json", "\"parameters\": dictionary of argument"));

    private static final List<Rule> REASONING = List.of(
            Rule.of("gpt_oss", "<|channel|>", "<|message|>"),
            Rule.of("mistral", "[THINK]", "[/THINK]"),
            Rule.of("gemma4", "<|channel>thought"),
            Rule.of("kimi", "◁think▷"),
            Rule.of("minimax_m2", "</think>", "<minimax:tool_call>"),
            // These wrap the answer too, in tags no parser of ours takes off.
            Rule.of(NONE, "</think>", "<response>"),
            Rule.of(NONE, "</think>", "<answer>"),
            Rule.of("deepseek_r1", "</think>", "｜DSML｜", "function_calls>"),
            Rule.of("deepseek_v4", "</think>", "｜DSML｜", "tool_calls"),
            Rule.of("deepseek_r1", "</think>", "<｜tool▁calls▁begin｜>"),
            Rule.of("kimi_k25", "</think>", "<|tool_calls_section_begin|>"),
            Rule.of("basic", "<think>", "</think>"));

    private FormatGuess() {}

    static ReplyFormat of(String template) {
        var calls = first(CALLS, template);
        var reasoning = first(REASONING, template);
        var format = calls.equals(NONE) ? ReplyFormat.PLAIN : ReplyFormat.PLAIN.withCalls(calls);
        return reasoning.equals(NONE) ? format : format.withReasoning(reasoning);
    }

    private static String first(List<Rule> rules, String template) {
        return rules.stream()
                .filter(rule -> rule.fits(template))
                .map(Rule::format)
                .findFirst()
                .orElse(NONE);
    }
}
