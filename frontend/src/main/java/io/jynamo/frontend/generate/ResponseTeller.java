package io.jynamo.frontend.generate;

import io.jynamo.frontend.openai.CallDelta;
import io.jynamo.frontend.openai.UsageCount;
import io.jynamo.frontend.responses.Output;
import io.jynamo.frontend.responses.ResponseEnd;
import io.jynamo.frontend.responses.ResponseUsage;
import io.jynamo.protocol.TokenLogprobs;
import java.util.List;

/** Tells what came of the one choice of a response to its output. Event loop only. */
final class ResponseTeller implements ReplyParts.Teller {
    private final Output output;
    private final RunExtras extras;
    private List<TokenLogprobs> scored = List.of();
    private boolean cut;

    ResponseTeller(Output output, RunExtras extras) {
        this.output = output;
        this.extras = extras;
    }

    void onChoice(ChoiceState choice) {
        List<TokenLogprobs> taken = choice.takeLogprobs();
        scored = taken == null ? List.of() : taken;
        choice.tell(this);
        if (!scored.isEmpty()) {
            content("");
        }
        if (choice.isDone()) {
            cut = "length".equals(choice.finish());
            int call = output.lastCall();
            boolean whole = call >= 0 ? !choice.reply().isCut(call) : !cut;
            output.end(whole);
            extras.keep(choice);
        }
    }

    ResponseEnd.Complete end(UsageCount usage) {
        return new ResponseEnd.Complete(
                cut, System.currentTimeMillis() / 1_000, new ResponseUsage(usage), extras.kept());
    }

    /** Where probabilities are wanted all is content, so that the first of it has them. */
    @Override
    public void content(String text) {
        List<TokenLogprobs> now = scored;
        scored = List.of();
        output.content(text, now);
    }

    @Override
    public void reasoning(String text) {
        output.reasoning(text);
    }

    @Override
    public void call(CallDelta news) {
        output.call(news);
    }
}
