package io.jynamo.frontend.generate;

import io.jynamo.frontend.ServedModel;
import io.jynamo.frontend.openai.GenerationOptions;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.MediaChat;
import io.jynamo.protocol.TokenIds;
import io.jynamo.router.Router;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request whose prompts are tokens and known to fit.
 *
 * @param prompts at least one
 * @param rendered the template's output, or null
 * @param dropsOutput only the echoed prompt is wanted
 * @param replies how answers are told apart into reasoning, content and calls; null where all is content
 * @param held what output must look like; null for anything
 * @param chat the conversation with its media, or null where there are none
 */
record Prepared(
        ServedModel model,
        GenerationOptions options,
        List<Prompt> prompts,
        @Nullable String rendered,
        boolean dropsOutput,
        @Nullable ReplyPlan replies,
        @Nullable HeldOutput held,
        @Nullable MediaChat chat) {
    /**
     * One prompt.
     *
     * @param tokens of its text
     * @param routed by which a worker is chosen
     * @param maxTokens output tokens at most
     * @param echo text the answer begins with, empty for none
     * @param echoesLogprobs the echoed prompt's log probabilities are wanted
     */
    record Prompt(TokenIds tokens, RoutedPrompt routed, int maxTokens, String echo, boolean echoesLogprobs) {
        /** A prompt of text. */
        Prompt(TokenIds tokens, int maxTokens, String echo, boolean echoesLogprobs) {
            this(tokens, new RoutedPrompt.Plain(tokens), maxTokens, echo, echoesLogprobs);
        }

        Prompt withRouted(RoutedPrompt others) {
            return new Prompt(tokens, others, maxTokens, echo, echoesLogprobs);
        }
    }

    /** The field of the client's request that a worker's failure is about, or null. */
    @Nullable
    String fieldOf(GenerationEnd.Failure failure) {
        return held != null && GenerationEnd.Failure.CONSTRAINT.equals(failure.param()) ? held.place() : null;
    }

    int choices() {
        return prompts.size() * options.choices();
    }

    /**
     * What a router is asked.
     *
     * @param within until the first token at most, or null
     */
    Router.Request asked(GenerationRequest request, @Nullable Duration within, RunClaim run) {
        int most = request.stopping().maxTokens();
        Integer hint = options.nvext().expectedOutputTokens();
        return new Router.Request(
                        request.chat() == null
                                ? request.prompt()
                                : prompts.getFirst().routed().within(request.scope()),
                        request.scope(),
                        request.choices(),
                        hint == null ? most : Math.min(hint, most),
                        request.priority())
                .withWishes(run.wishes())
                .withClaim(run.get().withFirstTokenWithin(within));
    }

    /** An engine has computed the prompt, and says how many tokens it had. */
    void onCounted(int promptTokens) {
        if (chat != null && promptTokens > 0) {
            prompts.getFirst().routed().onCounted(promptTokens);
        }
    }

    int promptTokens() {
        return prompts.stream().mapToInt(prompt -> prompt.tokens().count()).sum();
    }
}
