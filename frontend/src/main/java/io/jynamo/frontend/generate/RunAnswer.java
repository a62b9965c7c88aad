package io.jynamo.frontend.generate;

import io.jynamo.frontend.openai.UsageCount;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.TokenLogprobs;
import java.util.List;

/** How a run's output reaches the client: event by event, or whole at the end. Event loop only. */
interface RunAnswer {
    /** A choice has new text or has ended. */
    void onChoice(ChoiceState choice, UsageCount usage);

    /** The prompt of some choices has log probabilities that were asked for. */
    void onPromptLogprobs(int firstChoice, int choices, List<TokenLogprobs> logprobs);

    /** Lets everything queued so far leave, and says whether there was anything. */
    boolean flush();

    /** Every choice has ended. */
    void onComplete(UsageCount usage);

    /** It cannot go on. */
    void onFailure(GenerationEnd.Failure failure);

    /** The client is gone for good. */
    void onGone();

    /** Whether what comes next leaves soon, instead of piling up. */
    boolean isWritable();

    /** Nothing was sent for a while. */
    void onSilence();
}
