package io.jynamo.frontend.generate;

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

    /** Whether some of a leg's choices have not ended. */
    boolean isIncomplete(Leg leg) {
        for (int i = 0; i < leg.choices(); i++) {
            if (!choices[leg.firstChoice() + i].isDone()) {
                return true;
            }
        }
        return false;
    }

    /** Some engines tell cached tokens at their very end; it comes at once, or the next look completes without. */
    boolean owesCount() {
        return !prepared.dropsOutput() && legs.stream().anyMatch(Leg::owesCount);
    }
}
