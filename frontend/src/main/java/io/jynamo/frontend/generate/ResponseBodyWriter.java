package io.jynamo.frontend.generate;

import io.jynamo.frontend.openai.UsageCount;
import io.jynamo.frontend.responses.Output;
import io.jynamo.protocol.TokenLogprobs;
import java.util.List;

/** The body of a response that is sent whole. */
final class ResponseBodyWriter implements BodyWriter {
    private final ResponseKeeper keeper;
    private final Output output;
    private final ResponseTeller teller;

    ResponseBodyWriter(AnswerParts parts, ResponseKeeper keeper) {
        this.keeper = keeper;
        this.output = Output.whole(parts.identity().id(), keeper.form());
        this.teller = new ResponseTeller(output, parts.extras());
    }

    @Override
    public void onEnd(ChoiceState choice) {
        teller.onChoice(choice);
    }

    @Override
    public void onPromptLogprobs(int firstChoice, int choices, List<TokenLogprobs> logprobs) {
        throw new IllegalStateException("responses have no field that asks for prompt logprobs");
    }

    @Override
    public byte[] write(UsageCount usage) {
        return keeper.keep(teller.end(usage), output);
    }
}
