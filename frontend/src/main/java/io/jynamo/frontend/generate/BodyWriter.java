package io.jynamo.frontend.generate;

import io.jynamo.frontend.openai.UsageCount;
import io.jynamo.protocol.TokenLogprobs;
import java.util.List;

/** How a dialect writes a run's output as one body. Event loop only. */
interface BodyWriter {
    /** A choice has ended; nothing was taken of it before. */
    void onEnd(ChoiceState choice);

    /** The prompt of some choices has log probabilities that were asked for. */
    void onPromptLogprobs(int firstChoice, int choices, List<TokenLogprobs> logprobs);

    /** The body; every choice has ended. */
    byte[] write(UsageCount usage);
}
