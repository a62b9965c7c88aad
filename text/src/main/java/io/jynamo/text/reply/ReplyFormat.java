package io.jynamo.text.reply;

import io.jynamo.protocol.OutputConstraint;
import io.jynamo.text.Tokenizer;
import io.jynamo.text.reply.FormatNames.Entry;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The markup one family of models writes: how calls are marked, and how reasoning is. Immutable; {@code docs/parsers.md}
 * lists the names.
 */
public final class ReplyFormat {
    /** No markup: everything is content, calls only where the output is constrained to JSON. */
    public static final ReplyFormat PLAIN = new ReplyFormat(null, null);

    /** Harmony reads calls and reasoning in one; its entries have no style of either. */
    private static final String HARMONY = "harmony";

    private static final FormatNames<CallStyle> CALLS = new FormatNames<>(
            "tool-call parser",
            List.of(
                    Entry.of(CallStyles.HERMES, "hermes", "qwen", "qwen2_5", "qwen25", "qwen3"),
                    Entry.of(CallStyles.QWEN3_CODER, "qwen3_coder", "qwen3_xml", "nemotron_nano", "nemotron3_nano"),
                    Entry.of(CallStyles.LLAMA3, "llama3_json", "llama3", "llama4_json"),
                    Entry.of(CallStyles.PYTHONIC, "pythonic", "llama4_pythonic", "llama4"),
                    Entry.of(CallStyles.MISTRAL, "mistral"),
                    Entry.of(CallStyles.DEEPSEEK_V3, "deepseek_v3", "deepseekv3", "deepseek_r1"),
                    Entry.of(CallStyles.DEEPSEEK_V31, "deepseek_v3_1", "deepseek_v31", "deepseekv31"),
                    Entry.of(CallStyles.DEEPSEEK_V32, "deepseek_v3_2", "deepseek_v32", "deepseekv32"),
                    Entry.of(CallStyles.DEEPSEEK_V4, "deepseek_v4", "deepseekv4"),
                    Entry.of(CallStyles.KIMI, "kimi_k2", "kimi", "kimi_k25", "kimi_k2_5"),
                    Entry.of(CallStyles.GLM, "glm45", "glm47", "glm4_moe", "glm", "glm_4_5", "glm_4_6", "glm_4_7"),
                    Entry.of(CallStyles.CONSTRAINED, HARMONY, "openai", "gpt_oss"),
                    Entry.of(CallStyles.MINIMAX_M2, "minimax_m2"),
                    Entry.of(CallStyles.GRANITE, "granite"),
                    Entry.of(CallStyles.PHI4, "phi4", "phi4_mini_json"),
                    Entry.of(CallStyles.NEMOTRON, "nemotron_deci", "nemotron"),
                    Entry.of(CallStyles.JAMBA, "jamba", "minimax"),
                    Entry.of(CallStyles.GEMMA, "gemma4", "gemma_4")));

    private static final FormatNames<ReasoningStyle> REASONING = new FormatNames<>(
            "reasoning parser",
            List.of(
                    Entry.of(ReasoningStyles.THINK, "basic", "qwen3", "glm45", "nemotron_deci", "hunyuan_a13b"),
                    Entry.of(
                            ReasoningStyles.THINKING,
                            "nemotron_nano",
                            "nemotron3",
                            "nemotron_v3",
                            "step3",
                            "qwen3_thinking"),
                    Entry.of(
                            ReasoningStyles.DEEPSEEK,
                            "deepseek_r1",
                            "deepseek_v3",
                            "deepseek_v3_1",
                            "deepseek_v31",
                            "deepseek_v3_2",
                            "deepseek_v32"),
                    Entry.of(ReasoningStyles.DEEPSEEK_V4, "deepseek_v4", "deepseekv4"),
                    Entry.of(ReasoningStyles.MINIMAX, "minimax_m2", "minimax"),
                    Entry.of(ReasoningStyles.KIMI_K25, "kimi_k25", "kimi_k2", "kimi_k2_5"),
                    Entry.of(ReasoningStyles.KIMI, "kimi"),
                    Entry.of(ReasoningStyles.MISTRAL, "mistral"),
                    Entry.of(ReasoningStyles.GEMMA, "gemma4", "gemma_4"),
                    Entry.of(ReasoningStyles.GRANITE, "granite"),
                    Entry.of(ReasoningStyles.HARMONY, "gpt_oss", HARMONY, "openai_gptoss")));

    private final @Nullable Entry<CallStyle> calls;
    private final @Nullable Entry<ReasoningStyle> reasoning;

    private ReplyFormat(@Nullable Entry<CallStyle> calls, @Nullable Entry<ReasoningStyle> reasoning) {
        this.calls = calls;
        this.reasoning = reasoning;
    }

    /**
     * This format with calls read by another parser.
     *
     * @throws io.jynamo.protocol.JynamoException INVALID_CONFIGURATION if no parser has this name
     */
    public ReplyFormat withCalls(String name) {
        return new ReplyFormat(CALLS.require(name), reasoning);
    }

    /**
     * This format with reasoning read by another parser.
     *
     * @throws io.jynamo.protocol.JynamoException INVALID_CONFIGURATION if no parser has this name
     */
    public ReplyFormat withReasoning(String name) {
        return new ReplyFormat(calls, REASONING.require(name));
    }

    /** The format a chat template speaks of, as far as it does so without doubt; {@link #PLAIN} if it does not. */
    public static ReplyFormat guess(String template) {
        return FormatGuess.of(template);
    }

    /** Names of the parsers of calls. */
    public static Set<String> callNames() {
        return CALLS.names();
    }

    /** Names of the parsers of reasoning. */
    public static Set<String> reasoningNames() {
        return REASONING.names();
    }

    /** Every name a parser of calls answers to, with the one we give it. */
    public static Map<String, String> callAliases() {
        return CALLS.all();
    }

    /** Every name a parser of reasoning answers to, with the one we give it. */
    public static Map<String, String> reasoningAliases() {
        return REASONING.all();
    }

    /** The markers of calls of a parser, for tests that make texts of them. */
    static List<String> markersOf(String calls) {
        return CALLS.require(calls).format().markers().all();
    }

    /** The name of the parser of calls; empty where there is none. */
    public String calls() {
        return calls == null ? "" : calls.name();
    }

    /** The name of the parser of reasoning; empty where there is none. */
    public String reasoning() {
        return reasoning == null ? "" : reasoning.name();
    }

    /** Where a rendered prompt leaves the reasoning: whether it ends with the family's opening or closing tag. */
    public ReplySettings.Prompt promptOf(String prompt) {
        if (reasoning == null) {
            return ReplySettings.Prompt.USUAL;
        }
        var end = prompt.stripTrailing();
        if (reasoning.format().opens().stream().anyMatch(tag -> end.endsWith(tag.stripTrailing()))) {
            return ReplySettings.Prompt.REASONING;
        }
        return reasoning.format().closes().stream().anyMatch(end::endsWith)
                ? ReplySettings.Prompt.ANSWER
                : ReplySettings.Prompt.USUAL;
    }

    /** Whether replies are in channels, calls and answers alike. */
    public boolean isInChannels() {
        return calls().equals(HARMONY) || reasoning().equals("gpt_oss");
    }

    /** What may come before an answer that is held to a form: reasoning, unless the prompt has closed it. */
    public OutputConstraint.Thinking thinking(ReplySettings.Prompt prompt) {
        if (reasoning == null || prompt == ReplySettings.Prompt.ANSWER || isInChannels()) {
            return OutputConstraint.Thinking.NONE;
        }
        var style = reasoning.format();
        boolean begun = prompt == ReplySettings.Prompt.REASONING || style.usual();
        return new OutputConstraint.Thinking(begun, style.opens(), style.closes());
    }

    /**
     * Calls that must come, as this format or any reader of a forced call takes them.
     *
     * @param named whether the request names the one tool
     * @param several whether there may be more than one
     * @param tokenizer the model's, which shows how new its markup is
     */
    public OutputConstraint.Calls forcedCalls(
            List<HeldCalls.Tool> tools, boolean named, boolean several, Tokenizer tokenizer) {
        return HeldCalls.forced(calls(), tools, named, several, hasHeads(tokenizer));
    }

    /**
     * Calls that may come after text, in this format's markup; empty where it has none that shows where a call begins, or its arguments are no JSON.
     *
     * @param several whether there may be more than one
     * @param tokenizer the model's, which shows how new its markup is
     */
    public Optional<OutputConstraint.Calls> freeCalls(
            List<HeldCalls.Tool> tools, boolean several, Tokenizer tokenizer) {
        return HeldCalls.canBeFree(calls())
                ? Optional.of(HeldCalls.free(calls(), tools, several, hasHeads(tokenizer)))
                : Optional.empty();
    }

    /** Mistral's calls have heads since the version that brought this token. */
    private static boolean hasHeads(Tokenizer tokenizer) {
        return tokenizer.findId("[ARGS]").isPresent();
    }

    Stage chain(ReplySettings settings, Outlet out) {
        var calling = !settings.tools().isEmpty() && !(settings.choice() instanceof ToolChoice.None);
        var book = new CallBook(out);
        var harmony = isInChannels();
        if (harmony || calls == null) {
            var free = !calling || settings.choice() instanceof ToolChoice.Auto;
            var answer = free ? new ContentStage(out) : new CallStage(CallStyles.CONSTRAINED, settings, book, out);
            return harmony ? new HarmonyStage(settings, calling, answer, book, out) : reasoned(answer, settings, out);
        }
        var answer = calling ? new CallStage(calls.format(), settings, book, out) : new ContentStage(out);
        return reasoned(answer, settings, out);
    }

    private Stage reasoned(Stage answer, ReplySettings settings, Outlet out) {
        return reasoning == null ? answer : new ReasoningStage(reasoning.format(), settings, answer, out);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ReplyFormat that
                && calls().equals(that.calls())
                && reasoning().equals(that.reasoning());
    }

    @Override
    public int hashCode() {
        return Objects.hash(calls(), reasoning());
    }

    @Override
    public String toString() {
        return "calls " + (calls == null ? "none" : calls()) + ", reasoning "
                + (reasoning == null ? "none" : reasoning());
    }
}
