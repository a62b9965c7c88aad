package io.jynamo.engine.sglang;

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
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.TokenLogprobs;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads the events of {@code /generate}. Some versions and settings repeat all output in each event, some tell only what is
 * new; {@code completion_tokens}, which always counts all, says how many of the last ids are news. With {@code ignore_eos} it
 * passes over stop ids too, so that they are looked for here.
 */
final class SglangReader implements AnswerReader {
    private final String engine;
    private final int topLogprobs;
    private final int promptLogprobs;
    private final Set<Integer> ownStops;
    private final int minTokens;
    private final int[] told;
    private final boolean[] ended;
    private boolean prompted;

    SglangReader(String engine, GenerationRequest request) {
        this.engine = engine;
        topLogprobs = request.topLogprobs();
        promptLogprobs = request.promptLogprobs();
        Stopping stopping = request.stopping();
        ownStops = stopping.ignoreEos() ? stopping.stopTokenIds() : Set.of();
        minTokens = stopping.minTokens();
        told = new int[request.choices()];
        ended = new boolean[request.choices()];
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
        JsonNode meta = chunk.path("meta_info");
        JsonNode ids = chunk.path("output_ids");
        if (!meta.isObject() || !ids.isArray()) {
            throw new MalformedAnswer("an event has no meta_info or no output_ids");
        }
        int choice = Json.findInt(chunk, "index").orElse(0);
        if (choice < 0 || choice >= told.length) {
            throw new MalformedAnswer("choice " + choice + " was not asked for");
        }
        if (!prompted) {
            prompted = true;
            parts.accept(new AnswerPart.Prompt(
                    Math.max(0, Json.findInt(meta, "cached_tokens").orElse(0)), promptLogprobs(meta)));
        }
        output(choice, ids, meta, parts);
    }

    private void output(int choice, JsonNode ids, JsonNode meta, Consumer<AnswerPart> parts) {
        int completed = Json.findInt(meta, "completion_tokens").orElse(told[choice] + ids.size());
        int fresh = completed - told[choice];
        if (fresh < 0 || fresh > ids.size()) {
            throw new MalformedAnswer(
                    "an event counts " + completed + " tokens after " + told[choice] + " and has " + ids.size());
        }
        int before = told[choice];
        told[choice] = completed;
        if (ended[choice]) {
            return;
        }
        int[] tokens = fresh(ids, fresh);
        JsonNode finish = meta.path("finish_reason");
        String type = finish.isObject() ? Json.findText(finish, "type") : null;
        if (type != null && (type.equals("abort") || type.equals("error"))) {
            parts.accept(new AnswerPart.Failed(aborted(finish)));
            return;
        }
        FinishReason reason = type == null ? null : type.equals("length") ? FinishReason.LENGTH : FinishReason.STOP;
        List<TokenLogprobs> logprobs = topLogprobs == NO_LOGPROBS
                ? List.of()
                : last(meta.path("output_token_logprobs"), meta.path("output_top_logprobs"), fresh, topLogprobs);
        int own = ownStop(tokens, before);
        Integer stop = own >= 0 ? Integer.valueOf(tokens[own]) : stopToken(reason, finish, tokens);
        int count = own >= 0 ? own : stop == null ? fresh : fresh - 1;
        FinishReason end = own >= 0 ? FinishReason.STOP : reason;
        if (end != null || count > 0) {
            parts.accept(new AnswerPart.Output(new TokenDelta(
                    choice,
                    TokenIds.of(tokens).slice(0, count),
                    logprobs.size() == fresh ? logprobs.subList(0, count) : logprobs,
                    end,
                    stop)));
        }
        ended[choice] = end != null;
        if (own >= 0 && allEnded()) {
            parts.accept(new AnswerPart.Enough());
        }
    }

    private boolean allEnded() {
        for (boolean one : ended) {
            if (!one) {
                return false;
            }
        }
        return true;
    }

    /** Index of the first id that ends the choice and that the engine passes over, or -1. */
    private int ownStop(int[] tokens, int before) {
        for (int i = 0; i < tokens.length; i++) {
            if (before + i >= minTokens && ownStops.contains(tokens[i])) {
                return i;
            }
        }
        return -1;
    }

    private static int[] fresh(JsonNode ids, int count) {
        int[] tokens = new int[count];
        for (int i = 0; i < count; i++) {
            JsonNode id = ids.path(ids.size() - count + i);
            if (!id.isInt() || id.intValue() < 0) {
                throw new MalformedAnswer("output_ids holds " + id);
            }
            tokens[i] = id.intValue();
        }
        return tokens;
    }

    private static @Nullable Integer stopToken(@Nullable FinishReason reason, JsonNode finish, int[] tokens) {
        JsonNode matched = finish.path("matched");
        boolean last = reason == FinishReason.STOP
                && tokens.length > 0
                && matched.isInt()
                && matched.intValue() == tokens[tokens.length - 1];
        return last ? matched.intValue() : null;
    }

    private GenerationEnd.Failure aborted(JsonNode finish) {
        String message = Json.findText(finish, "message");
        int status = Json.findInt(finish, "status_code").orElse(0);
        if (status >= 400) {
            return EngineFailure.of(engine, status, null, message == null ? "" : message);
        }
        return new GenerationEnd.Failure(
                ErrorCode.WORKER_LOST,
                "the engine at " + engine + " ended the request itself" + (message == null ? "" : ": " + message));
    }

    private List<TokenLogprobs> promptLogprobs(JsonNode meta) {
        if (promptLogprobs == NO_LOGPROBS) {
            return List.of();
        }
        JsonNode tokens = meta.path("input_token_logprobs");
        return last(tokens, meta.path("input_top_logprobs"), Math.max(0, tokens.size() - 1), promptLogprobs);
    }

    /** The last {@code count} of parallel lists of {@code [logprob, id, text]} and of their alternatives. */
    private static List<TokenLogprobs> last(JsonNode tokens, JsonNode tops, int count, int most) {
        if (tokens.size() < count) {
            throw new MalformedAnswer("an event has " + tokens.size() + " log probabilities for " + count + " tokens");
        }
        List<TokenLogprobs> read = new ArrayList<>(count);
        for (int i = tokens.size() - count; i < tokens.size(); i++) {
            JsonNode top = tops.path(i - tokens.size() + tops.size());
            int kept = Math.clamp(most, 0, top.size());
            int[] ids = new int[kept];
            float[] values = new float[kept];
            for (int k = 0; k < kept; k++) {
                ids[k] = top.path(k).path(1).asInt(0);
                values[k] = number(top.path(k).path(0));
            }
            read.add(new TokenLogprobs(
                    tokens.path(i).path(1).asInt(0), number(tokens.path(i).path(0)), ids, values));
        }
        return read;
    }

    private static float number(JsonNode value) {
        return value.isNumber() ? value.floatValue() : Float.NaN;
    }
}
