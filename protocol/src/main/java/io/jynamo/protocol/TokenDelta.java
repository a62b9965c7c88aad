package io.jynamo.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * New output tokens of one choice, usually one, from one engine step.
 *
 * @param choice 0-based index of the choice
 * @param tokens the new ids; may be empty when only the finish is told
 * @param logprobs one per token, or empty when not asked for
 * @param finish why the choice ended, or null while it goes on
 * @param stopToken the end-of-sequence or stop id that ended it, or null; not part of {@code tokens}
 * @param text what the tokens say, from an engine that tells no ids ({@code tokens} then holds zeros, one for each token
 *     as far as that engine counts them); null from all others
 */
public record TokenDelta(
        int choice,
        TokenIds tokens,
        List<TokenLogprobs> logprobs,
        @Nullable FinishReason finish,
        @Nullable Integer stopToken,
        @Nullable String text) {
    public TokenDelta {
        logprobs = List.copyOf(logprobs);
    }

    /** Output told as ids. */
    public TokenDelta(
            int choice,
            TokenIds tokens,
            List<TokenLogprobs> logprobs,
            @Nullable FinishReason finish,
            @Nullable Integer stopToken) {
        this(choice, tokens, logprobs, finish, stopToken, null);
    }
}
