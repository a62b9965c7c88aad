package io.jynamo.text.reply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ReplyFormatTest {
    @Test
    void answersToTheNamesOfOtherServers() {
        assertThat(ReplyFormat.PLAIN.withCalls("deepseek-v3.1").calls()).isEqualTo("deepseek_v3_1");
        assertThat(ReplyFormat.PLAIN.withCalls("deepseek_v31").calls()).isEqualTo("deepseek_v3_1");
        assertThat(ReplyFormat.PLAIN.withCalls("GLM47").calls()).isEqualTo("glm45");
        assertThat(ReplyFormat.PLAIN.withCalls("openai").calls()).isEqualTo("harmony");
        assertThat(ReplyFormat.PLAIN.withCalls("phi4_mini_json").calls()).isEqualTo("phi4");
        assertThat(ReplyFormat.PLAIN.withReasoning("deepseek_v3").reasoning()).isEqualTo("deepseek_r1");
        assertThat(ReplyFormat.PLAIN.calls()).isEmpty();
    }

    @Test
    void namesTheNearestOfAnUnknownName() {
        assertThatThrownBy(() -> ReplyFormat.PLAIN.withCalls("quen3_coder"))
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .hasMessageContaining("'quen3_coder'; the nearest is 'qwen3_coder'");
        assertThatThrownBy(() -> ReplyFormat.PLAIN.withReasoning("deepsek_r1"))
                .hasMessageContaining("nearest is 'deepseek_r1'");
    }

    @Test
    void guessesByTheMarkersOfATemplate() {
        assertThat(guess("<|start|>assistant<|channel|>final<|message|>"))
                .isEqualTo("calls harmony, reasoning gpt_oss");
        assertThat(guess("'<tool_call>\\n{\"name\": ' \"arguments\" '\\n</tool_call>' '<think>' '</think>'"))
                .isEqualTo("calls hermes, reasoning basic");
        assertThat(guess("<tool_call>\\n<function=f>\\n<parameter=p>")).isEqualTo("calls qwen3_coder, reasoning none");
        assertThat(guess("<｜tool▁calls▁begin｜>function\\n```json</think>"))
                .isEqualTo("calls deepseek_v3, reasoning deepseek_r1");
        assertThat(guess("{% set dsml = '｜DSML｜' %} '<' + dsml + 'tool_calls>' </think>"))
                .isEqualTo("calls deepseek_v4, reasoning deepseek_v4");
    }

    @Test
    void doesNotGuessByMarkersThatOtherFormatsShare() {
        assertThat(ReplyFormat.guess("{{ messages[0].content }}")).isEqualTo(ReplyFormat.PLAIN);
        assertThat(guess("<seed:tool_call><function=f><parameter=p>")).isEqualTo("calls none, reasoning none");
        assertThat(guess("]<]minimax[>[<tool_call> arguments </tool_call>")).isEqualTo("calls none, reasoning none");
        assertThat(guess("<think></think><response>")).isEqualTo("calls none, reasoning none");
    }

    @Test
    void guessesForRealTemplates() throws IOException {
        var folder = Path.of(System.getProperty("jynamo.root"), "..", "shared", "data", "chat-templates");
        assumeTrue(Files.isDirectory(folder), "not run: no chat templates beside this clone");
        var expected = Map.of(
                "llamacpp--Qwen-Qwen3-0.6B", "calls hermes, reasoning basic",
                "llamacpp--Qwen3-Coder", "calls qwen3_coder, reasoning none",
                "llamacpp--MiniMax-M2", "calls minimax_m2, reasoning minimax_m2",
                "llamacpp--MiniMax-M3", "calls none, reasoning none",
                "llamacpp--Kimi-K2-Thinking", "calls kimi_k2, reasoning kimi_k25",
                "llamacpp--deepseek-ai-DeepSeek-V3.1", "calls deepseek_v3_1, reasoning deepseek_r1",
                "llamacpp--meta-llama-Llama-3.2-3B-Instruct", "calls llama3_json, reasoning none",
                "llamacpp--google-gemma-4-31B-it", "calls gemma4, reasoning gemma4",
                "llamacpp--ByteDance-Seed-OSS", "calls none, reasoning none",
                "vllm--tool-phi4_mini", "calls phi4, reasoning none");
        for (var each : expected.entrySet()) {
            var template = Files.readString(folder.resolve(each.getKey() + ".jinja"));
            assertThat(guess(template)).as(each.getKey()).isEqualTo(each.getValue());
        }
    }

    private static String guess(String template) {
        return ReplyFormat.guess(template).toString();
    }

    @Test
    void readsFromThePromptWhereReasoningIs() {
        var qwen = ReplyFormat.PLAIN.withReasoning("qwen3");
        assertThat(qwen.promptOf("<|im_start|>assistant\n<think>\n")).isEqualTo(ReplySettings.Prompt.REASONING);
        assertThat(qwen.promptOf("<|im_start|>assistant\n<think>\n\n</think>\n\n"))
                .isEqualTo(ReplySettings.Prompt.ANSWER);
        assertThat(qwen.promptOf("What does <think> mean?")).isEqualTo(ReplySettings.Prompt.USUAL);
    }

    @Test
    void theDocumentListsEveryName() throws IOException {
        var document = Files.readString(Path.of(System.getProperty("jynamo.root"), "docs/parsers.md"));
        var names = new TreeSet<String>(ReplyFormat.callAliases().keySet());
        names.addAll(ReplyFormat.reasoningAliases().keySet());
        assertThat(names).allMatch(name -> document.contains("`" + name + "`"));
    }
}
