package io.jynamo.frontend.generate;

import io.jynamo.frontend.ServedModel;
import io.jynamo.frontend.openai.GenerationOptions;
import io.jynamo.protocol.TokenIds;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request whose prompts are tokens and known to fit.
 *
 * @param chat whether the answer is a chat completion
 * @param prompts at least one
 * @param rendered the template's output, or null
 * @param dropsOutput only the echoed prompt is wanted
 */
record Prepared(
        ServedModel model,
        GenerationOptions options,
        boolean chat,
        List<Prompt> prompts,
        @Nullable String rendered,
        boolean dropsOutput) {
    /**
     * One prompt.
     *
     * @param maxTokens output tokens at most
     * @param echo text the answer begins with, empty for none
     * @param echoesLogprobs the echoed prompt's log probabilities are wanted
     */
    record Prompt(TokenIds tokens, int maxTokens, String echo, boolean echoesLogprobs) {}

    int choices() {
        return prompts.size() * options.choices();
    }

    int promptTokens() {
        return prompts.stream().mapToInt(prompt -> prompt.tokens().count()).sum();
    }
}
