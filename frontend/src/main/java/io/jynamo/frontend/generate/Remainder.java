package io.jynamo.frontend.generate;

import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Resumption;
import io.jynamo.protocol.Stopping;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a lost request leaves to do: all of it where nothing came of it yet, else one request for each choice that has not
 * ended, which continues prompt and output so far as the lost worker would have. Pure.
 *
 * @param firstChoice index among the run's choices of the request's first
 */
record Remainder(int firstChoice, GenerationRequest request) {
    /**
     * The remainders of a leg. Choices that were at their limit are ended.
     *
     * @param moves how often these choices have moved, this time included: part of the new request's id
     */
    static List<Remainder> of(Leg leg, ChoiceState[] choices, boolean promptTold, int moves) {
        GenerationRequest lost = leg.request();
        boolean begun = lost.resumption().outputTokens() > 0;
        for (int i = 0; i < lost.choices(); i++) {
            ChoiceState choice = choices[leg.firstChoice() + i];
            begun |= choice.tokens() > 0 || choice.isDone();
        }
        if (!begun) {
            return List.of(new Remainder(leg.firstChoice(), again(lost, "-m" + moves, promptTold)));
        }
        List<Remainder> rest = new ArrayList<>(lost.choices());
        for (int i = 0; i < lost.choices(); i++) {
            ChoiceState choice = choices[leg.firstChoice() + i];
            if (choice.isDone()) {
                continue;
            }
            GenerationRequest continued = continued(lost, i, choice, moves);
            if (continued == null) {
                choice.endAtLimit();
            } else {
                rest.add(new Remainder(leg.firstChoice() + i, continued));
            }
        }
        return rest;
    }

    /**
     * Whether another worker can go on. Of media only the engine knows what they became, so that its prompt cannot be had with output behind
     * it.
     */
    static boolean isPossible(Leg leg, ChoiceState[] choices) {
        if (leg.request().chat() == null) {
            return true;
        }
        for (int i = 0; i < leg.choices(); i++) {
            ChoiceState choice = choices[leg.firstChoice() + i];
            if (choice.tokens() > 0 || choice.isDone()) {
                return false;
            }
        }
        return true;
    }

    /** What a client is told whose answer another worker could not go on with. */
    static GenerationEnd.Failure stuck(GenerationEnd.Failure failure) {
        return new GenerationEnd.Failure(
                failure.code(),
                failure.message()
                        + "; an answer about media cannot go on elsewhere once it has begun: send the request again",
                failure.retryAfter());
    }

    /** The same from the start; what the prompt's log probabilities were is asked once. */
    private static GenerationRequest again(GenerationRequest lost, String suffix, boolean promptTold) {
        GenerationRequest again = lost.withId(new RequestId(plainId(lost) + suffix));
        return promptTold ? again.withPromptLogprobs(GenerationRequest.NO_LOGPROBS) : again;
    }

    /** The rest of one choice, or null where its limit is reached. */
    private static @Nullable GenerationRequest continued(
            GenerationRequest lost, int index, ChoiceState choice, int moves) {
        int before = lost.resumption().outputTokens();
        int since = choice.tokensSinceMove();
        Stopping stopping = lost.stopping();
        if (since >= stopping.maxTokens()) {
            return null;
        }
        String text = lost.text();
        ChoiceState.Said said = choice.takeSaid();
        return new GenerationRequest(
                new RequestId(plainId(lost) + "-m" + moves + "-" + choice.index()),
                lost.prompt().plus(said.ids()),
                lost.sampling(),
                new Stopping(
                        stopping.maxTokens() - since,
                        Math.max(0, stopping.minTokens() - since),
                        stopping.stopTokenIds(),
                        stopping.ignoreEos()),
                lost.scope(),
                1,
                lost.topLogprobs(),
                GenerationRequest.NO_LOGPROBS,
                lost.priority(),
                lost.timeLimit(),
                lost.credit(),
                new Resumption(before + said.ids().count(), lost.resumption().firstChoice() + index),
                text == null ? null : text + said.text(),
                lost.constraint());
    }

    private static String plainId(GenerationRequest lost) {
        String id = lost.id().value();
        int moved = id.indexOf("-m");
        return moved < 0 ? id : id.substring(0, moved);
    }
}
