package io.jynamo.frontend.generate;

import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.openai.AnswerBody;
import io.jynamo.frontend.openai.AnswerIdentity;
import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.frontend.openai.FoldedChoice;
import io.jynamo.frontend.openai.LogprobText;
import io.jynamo.frontend.openai.UsageCount;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.TokenLogprobs;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects a run's output and sends it whole. */
final class FoldedAnswer implements RunAnswer {
    private final Exchange exchange;
    private final Prepared prepared;
    private final AnswerIdentity identity;
    private final RunExtras extras;
    private final @Nullable FoldedChoice[] folded;
    private final @Nullable List<TokenLogprobs>[] promptLogprobs;

    @SuppressWarnings({"unchecked", "rawtypes"}) // arrays of a generic type
    FoldedAnswer(Exchange exchange, Prepared prepared, AnswerIdentity identity, RunExtras extras) {
        this.exchange = exchange;
        this.prepared = prepared;
        this.identity = identity;
        this.extras = extras;
        this.folded = new FoldedChoice[prepared.choices()];
        this.promptLogprobs = new List[prepared.choices()];
    }

    @Override
    public void onChoice(ChoiceState choice, UsageCount usage) {
        String finish = choice.finish();
        if (finish == null) {
            return;
        }
        folded[choice.index()] = new FoldedChoice(
                choice.index(),
                choice.takeText(),
                choice.reply().takeReasoning(),
                choice.reply().takeWholeCalls(),
                choice.takeLogprobs(),
                choice.takeUnscored(),
                finish,
                promptLogprobs[choice.index()]);
        extras.keep(choice);
    }

    @Override
    public void onPromptLogprobs(int firstChoice, int choices, List<TokenLogprobs> scored) {
        Arrays.fill(promptLogprobs, firstChoice, firstChoice + choices, scored);
    }

    @Override
    public boolean flush() {
        return false;
    }

    @Override
    public void onComplete(UsageCount usage) {
        List<FoldedChoice> choices = Arrays.stream(folded)
                .<FoldedChoice>map(java.util.Objects::requireNonNull)
                .toList();
        LogprobText logprobs =
                new LogprobText(prepared.model().tokenizer(), prepared.options().tokensAsIds());
        byte[] body = AnswerBody.write(identity, prepared.chat(), choices, usage, logprobs, extras.kept());
        exchange.respond(new Answer(200, Answer.JSON, extras.headers(), body));
    }

    @Override
    public void onFailure(GenerationEnd.Failure failure) {
        exchange.respond(ErrorBody.answer(failure));
    }

    @Override
    public void onGone() {
        // Nothing is kept for it.
    }

    @Override
    public boolean isWritable() {
        return exchange.isWritable();
    }

    @Override
    public void onSilence() {}
}
