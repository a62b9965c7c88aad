package io.jynamo.engine.openai;

import static io.jynamo.protocol.GenerationRequest.NO_LOGPROBS;

import io.jynamo.engine.attached.AnswerPart;
import io.jynamo.engine.attached.AnswerReader;
import io.jynamo.engine.attached.EngineFailure;
import io.jynamo.engine.attached.Json;
import io.jynamo.engine.attached.MalformedAnswer;
import io.jynamo.engine.attached.SseEvent;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.FinishReason;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.TokenLogprobs;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads the chunks of a streamed completion. Where ids are told, text is not looked at; else each piece of text counts for
 * as many tokens as it has log probabilities, or for one.
 */
final class CompletionsReader implements AnswerReader {
    private final String engine;
    private final boolean ids;
    private final boolean chat;
    private final int topLogprobs;
    private final int promptLogprobs;
    private final int[] countedByChoice;
    private final IntPredicate endings;
    private boolean prompted;

    private CompletionsReader(String engine, GenerationRequest request, boolean ids, IntPredicate endings) {
        this.engine = engine;
        this.ids = ids;
        chat = request.chat() != null;
        this.endings = endings;
        topLogprobs = request.topLogprobs();
        promptLogprobs = request.promptLogprobs();
        countedByChoice = new int[request.choices()];
    }

    /** A reader of a server that tells text only. */
    static CompletionsReader ofText(String engine, GenerationRequest request) {
        return new CompletionsReader(engine, request, false, id -> false);
    }

    /** @param endings whether an id that is the last of a choice that stopped is what ended it, and no output */
    static CompletionsReader ofIds(String engine, GenerationRequest request, IntPredicate endings) {
        return new CompletionsReader(engine, request, true, endings);
    }

    @Override
    public void onEvent(SseEvent event, Consumer<AnswerPart> parts) {
        if (event.data().strip().equals("[DONE]")) {
            parts.accept(new AnswerPart.Done());
            return;
        }
        JsonNode chunk = Json.requireObject(event.data());
        JsonNode error = chunk.path("error");
        if (!error.isMissingNode() && !error.isNull()) {
            parts.accept(new AnswerPart.Failed(EngineFailure.ofEvent(engine, error)));
            return;
        }
        JsonNode choices = chunk.path("choices");
        JsonNode usage = chunk.path("usage");
        if (!choices.isArray() && !usage.isObject()) {
            throw new MalformedAnswer("a chunk has neither choices nor usage");
        }
        for (JsonNode choice : choices) {
            onChoice(choice, usage, parts);
        }
        if (usage.isObject()) {
            onUsage(usage, choices, parts);
        }
    }

    private void onChoice(JsonNode choice, JsonNode usage, Consumer<AnswerPart> parts) {
        GenerationEnd.Failure parsed = chat && !ids ? parsedByEngine(choice.path("delta")) : null;
        if (parsed != null) {
            parts.accept(new AnswerPart.Failed(parsed));
            return;
        }
        int index = Json.findInt(choice, "index").orElse(0);
        if (index < 0 || index >= countedByChoice.length) {
            throw new MalformedAnswer("choice " + index + " was not asked for");
        }
        List<TokenLogprobs> logprobs =
                CompletionsLogprobs.read(choice.path("logprobs"), Math.max(topLogprobs, promptLogprobs));
        int[] tokens = ids ? tokenIds(choice) : new int[textTokens(choice, logprobs.size())];
        List<TokenLogprobs> ofOutput = logprobs;
        if (promptLogprobs != NO_LOGPROBS) {
            int ofPrompt = Math.max(0, logprobs.size() - tokens.length);
            ofOutput = logprobs.subList(ofPrompt, logprobs.size());
            if (!prompted && ofPrompt > 0) {
                prompt(usage, CompletionsLogprobs.cut(logprobs.subList(1, ofPrompt), promptLogprobs), parts);
            }
        }
        prompt(usage, List.of(), parts);
        List<TokenLogprobs> told =
                topLogprobs == NO_LOGPROBS ? List.of() : CompletionsLogprobs.cut(ofOutput, topLogprobs);
        output(choice, index, tokens, told, parts);
    }

    private void output(
            JsonNode choice, int index, int[] tokens, List<TokenLogprobs> logprobs, Consumer<AnswerPart> parts) {
        String reason = Json.findText(choice, "finish_reason");
        if (reason != null && (reason.equals("abort") || reason.equals("error"))) {
            parts.accept(new AnswerPart.Failed(new GenerationEnd.Failure(
                    reason.equals("abort") ? ErrorCode.WORKER_LOST : ErrorCode.INTERNAL,
                    "the engine at " + engine + " ended the request itself (" + reason + ")")));
            return;
        }
        FinishReason finish = finish(reason);
        if (!ids) {
            String text = text(choice);
            if (finish != null || tokens.length > 0) {
                TokenIds zeros = TokenIds.of(tokens);
                parts.accept(new AnswerPart.Output(
                        new TokenDelta(index, zeros, logprobs, finish, null, text == null ? "" : text)));
            }
            return;
        }
        Integer stop = stopToken(choice, finish, tokens);
        TokenIds told = TokenIds.of(tokens);
        List<TokenLogprobs> toldLogprobs = logprobs;
        if (stop != null && tokens.length > 0 && tokens[tokens.length - 1] == stop) {
            told = told.slice(0, tokens.length - 1);
            toldLogprobs = logprobs.size() == tokens.length ? logprobs.subList(0, tokens.length - 1) : logprobs;
        }
        if (finish != null || !told.isEmpty()) {
            parts.accept(new AnswerPart.Output(new TokenDelta(index, told, toldLogprobs, finish, stop)));
        }
    }

    /** The id that ended the choice, which engines tell as its last, or as the reason, or not at all. */
    private @Nullable Integer stopToken(JsonNode choice, @Nullable FinishReason finish, int[] tokens) {
        if (finish != FinishReason.STOP) {
            return null;
        }
        JsonNode reason = choice.path("stop_reason");
        if (reason.isInt()) {
            return reason.intValue();
        }
        boolean endOfSequence = reason.isNull() || reason.isMissingNode();
        boolean told = endOfSequence && tokens.length > 0 && endings.test(tokens[tokens.length - 1]);
        return told ? tokens[tokens.length - 1] : null;
    }

    private void prompt(JsonNode usage, List<TokenLogprobs> logprobs, Consumer<AnswerPart> parts) {
        if (!prompted) {
            prompted = true;
            parts.accept(new AnswerPart.Prompt(Math.max(0, cached(usage)), logprobs));
        }
    }

    /** One figure for all choices, or, from llama.cpp, one beside each choice's end. */
    private void onUsage(JsonNode usage, JsonNode choices, Consumer<AnswerPart> parts) {
        int prompt = Math.max(0, Json.findInt(usage, "prompt_tokens").orElse(0));
        int output = Math.max(0, Json.findInt(usage, "completion_tokens").orElse(0));
        if (choices.isEmpty()) {
            parts.accept(new AnswerPart.Counted(prompt, cached(usage), output));
            return;
        }
        OptionalInt index = Json.findInt(choices.path(0), "index");
        countedByChoice[index.orElse(0)] = output;
        int sum = 0;
        for (int counted : countedByChoice) {
            sum += counted;
        }
        parts.accept(new AnswerPart.Counted(prompt, cached(usage), sum));
    }

    private static int cached(JsonNode usage) {
        return Json.findInt(usage.path("prompt_tokens_details"), "cached_tokens")
                .orElse(-1);
    }

    private int[] tokenIds(JsonNode choice) {
        JsonNode told = choice.path("token_ids");
        if (!told.isArray()) {
            String text = text(choice);
            if (text == null || text.isEmpty()) {
                return new int[0];
            }
            throw new MalformedAnswer("text came without its token_ids");
        }
        int[] tokens = new int[told.size()];
        for (int i = 0; i < tokens.length; i++) {
            JsonNode id = told.path(i);
            if (!id.isInt() || id.intValue() < 0) {
                throw new MalformedAnswer("token_ids holds " + id);
            }
            tokens[i] = id.intValue();
        }
        return tokens;
    }

    private @Nullable String text(JsonNode choice) {
        return chat ? Json.findText(choice.path("delta"), "content") : Json.findText(choice, "text");
    }

    /** What an engine took out of the text that we are to read ourselves; told as it is, since nobody can put it back. */
    private GenerationEnd.@Nullable Failure parsedByEngine(JsonNode delta) {
        boolean reasoning = isTold(delta.path("reasoning_content")) || isTold(delta.path("reasoning"));
        if (!reasoning && delta.path("tool_calls").isEmpty()) {
            return null;
        }
        return new GenerationEnd.Failure(
                ErrorCode.INVALID_CONFIGURATION,
                "the engine at " + engine + " tells " + (reasoning ? "reasoning" : "tool calls")
                        + " apart itself, which is done here; start it without a parser for them");
    }

    private static boolean isTold(JsonNode text) {
        return text.isString() && !text.stringValue().isEmpty();
    }

    private int textTokens(JsonNode choice, int logprobs) {
        String text = text(choice);
        return logprobs > 0 ? logprobs : text == null || text.isEmpty() ? 0 : 1;
    }

    private static @Nullable FinishReason finish(@Nullable String reason) {
        if (reason == null || reason.isEmpty()) {
            return null;
        }
        return reason.equals("length") ? FinishReason.LENGTH : FinishReason.STOP;
    }
}
