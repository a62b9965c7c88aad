package io.jynamo.frontend.generate;

import io.jynamo.protocol.GenerationRequest;
import java.util.List;

/** What of a run exists once its prompts are placed; its list of legs is the event loop's alone. */
@SuppressWarnings("ArrayRecordComponent") // never leaves the run
record Started(Prepared prepared, List<Leg> legs, ChoiceState[] choices, boolean[] promptTold, RunAnswer answer) {
    boolean allDone() {
        for (ChoiceState choice : choices) {
            if (!choice.isDone()) {
                return false;
            }
        }
        return true;
    }

    long detokenizeNanos() {
        long sum = 0;
        for (ChoiceState choice : choices) {
            sum += choice.detokenizeNanos();
        }
        return sum;
    }

    int outputTokens() {
        int sum = 0;
        for (ChoiceState choice : choices) {
            sum += choice.tokens();
        }
        return sum;
    }

    int reasoningTokens() {
        int sum = 0;
        for (ChoiceState choice : choices) {
            sum += choice.reasoningTokens();
        }
        return sum;
    }

    /** Whether some of a leg's choices have not ended. */
    boolean isIncomplete(Leg leg) {
        for (int i = 0; i < leg.choices(); i++) {
            if (!choices[leg.firstChoice() + i].isDone()) {
                return true;
            }
        }
        return false;
    }

    /** Tells the client what became of a leg's prompt, once; returns whether it was news. */
    boolean tellPrompt(Leg leg, Leg.Prefilled prefilled) {
        int index = leg.firstChoice() / prepared.options().choices();
        if (promptTold[index]) {
            return false; // by the worker that this one goes on for
        }
        promptTold[index] = true;
        leg.onPromptTold(prefilled.cachedTokens());
        Prepared.Prompt prompt = prepared.prompts().get(index);
        for (int i = 0; i < leg.choices(); i++) {
            if (prompt.echoesLogprobs()) {
                choices[leg.firstChoice() + i].onEchoed(prompt.tokens().at(0), prefilled.logprobs());
            }
        }
        if (prepared.options().promptLogprobs() != GenerationRequest.NO_LOGPROBS) {
            answer.onPromptLogprobs(leg.firstChoice(), leg.choices(), prefilled.logprobs());
        }
        return true;
    }

    /** Whether an engine has yet to say what it counted, such as cached tokens, which some tell at their very end. */
    boolean owesCount() {
        return !prepared.dropsOutput() && legs.stream().anyMatch(Leg::owesCount);
    }
}
