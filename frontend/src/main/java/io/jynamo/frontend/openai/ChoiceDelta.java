package io.jynamo.frontend.openai;

import io.jynamo.protocol.TokenLogprobs;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one chunk says of one choice.
 *
 * @param index of the choice
 * @param first whether nothing was said of it before
 * @param text new content, possibly empty
 * @param reasoning new reasoning, possibly empty
 * @param calls news of calls of tools
 * @param logprobs of the tokens since the last chunk; null when not asked for
 * @param unscored a first token without probabilities, for echoed prompts; null otherwise
 * @param textOffset where {@code text} begins in the choice's text
 * @param finish OpenAI's finish reason, or null while it goes on
 * @param nvext the answer's extension object as JSON, or null
 * @param usage the usage so far, or null when not asked for on every chunk
 */
@SuppressWarnings("ArrayRecordComponent") // written once, sent once
public record ChoiceDelta(
        int index,
        boolean first,
        String text,
        String reasoning,
        List<CallDelta> calls,
        @Nullable List<TokenLogprobs> logprobs,
        @Nullable Integer unscored,
        int textOffset,
        @Nullable String finish,
        byte @Nullable [] nvext,
        @Nullable UsageCount usage) {}
