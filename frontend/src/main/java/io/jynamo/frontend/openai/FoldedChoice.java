package io.jynamo.frontend.openai;

import io.jynamo.protocol.TokenLogprobs;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One choice of an answer that is sent whole.
 *
 * @param reasoning before the answer, possibly empty
 * @param calls of tools, whole
 * @param logprobs null when not asked for
 * @param unscored a first token without probabilities, for echoed prompts; null otherwise
 * @param promptLogprobs null when not asked for
 */
public record FoldedChoice(
        int index,
        String text,
        String reasoning,
        List<CallDelta> calls,
        @Nullable List<TokenLogprobs> logprobs,
        @Nullable Integer unscored,
        String finish,
        @Nullable List<TokenLogprobs> promptLogprobs) {}
