package io.jynamo.text.reply;

import java.util.LinkedHashMap;
import java.util.Map;

/** Picks a format by the markers a chat template writes. The more telling markers come first. */
final class FormatGuess {
    private static final Map<String, String> CALLS = calls();

    private FormatGuess() {}

    private static Map<String, String> calls() {
        var markers = new LinkedHashMap<String, String>();
        markers.put("<｜DSML｜function_calls>", "deepseek_v3_2");
        markers.put("<｜DSML｜tool_calls>", "deepseek_v4");
        markers.put("<|tool_calls_section_begin|>", "kimi_k2");
        markers.put("<minimax:tool_call>", "minimax_m2");
        markers.put("<arg_key>", "glm45");
        markers.put("<function=", "qwen3_coder");
        markers.put("<TOOLCALL>", "nemotron_deci");
        markers.put("<|tool_call>call:", "gemma4");
        markers.put("[TOOL_CALLS]", "mistral");
        markers.put("functools[", "phi4");
        markers.put("<|tool_call|>", "granite");
        markers.put("<tool_calls>", "jamba");
        markers.put("<|python_start|>", "pythonic");
        return markers;
    }

    static ReplyFormat of(String template) {
        if (template.contains("<|channel|>") && template.contains("<|message|>")) {
            return ReplyFormat.PLAIN.withCalls("harmony").withReasoning("gpt_oss");
        }
        var calls = callsOf(template);
        var format = calls.isEmpty() ? ReplyFormat.PLAIN : ReplyFormat.PLAIN.withCalls(calls);
        var reasoning = reasoningOf(template, calls);
        return reasoning.isEmpty() ? format : format.withReasoning(reasoning);
    }

    private static String callsOf(String template) {
        if (template.contains("<｜tool▁calls▁begin｜>")) {
            return template.contains("```json") ? "deepseek_v3" : "deepseek_v3_1";
        }
        for (var marker : CALLS.entrySet()) {
            if (template.contains(marker.getKey())) {
                return marker.getValue();
            }
        }
        if (template.contains("<tool_call>") && template.contains("arguments")) {
            return "hermes";
        }
        return template.contains("<|python_tag|>") && template.contains("parameters") ? "llama3_json" : "";
    }

    private static String reasoningOf(String template, String calls) {
        if (template.contains("[THINK]")) {
            return "mistral";
        }
        if (template.contains("<|channel>thought")) {
            return "gemma4";
        }
        if (template.contains("◁think▷")) {
            return "kimi";
        }
        if (!template.contains("</think>")) {
            return "";
        }
        return switch (calls) {
            case "deepseek_v3", "deepseek_v3_1", "deepseek_v3_2" -> "deepseek_r1";
            case "deepseek_v4" -> "deepseek_v4";
            case "minimax_m2" -> "minimax_m2";
            case "kimi_k2" -> "kimi_k25";
            default -> "basic";
        };
    }
}
