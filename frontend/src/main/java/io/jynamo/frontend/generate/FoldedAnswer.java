package io.jynamo.frontend.generate;

import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.openai.UsageCount;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.TokenLogprobs;
import java.util.List;
import java.util.Map;

/** Collects a run's output and sends it whole. */
final class FoldedAnswer implements RunAnswer {
    private final Exchange exchange;
    private final BodyWriter writer;
    private final List<Map.Entry<String, String>> headers;

    /** @param headers of the answer */
    FoldedAnswer(Exchange exchange, BodyWriter writer, List<Map.Entry<String, String>> headers) {
        this.exchange = exchange;
        this.writer = writer;
        this.headers = headers;
    }

    @Override
    public void onChoice(ChoiceState choice, UsageCount usage) {
        if (choice.isDone()) {
            writer.onEnd(choice);
        }
    }

    @Override
    public void onPromptLogprobs(int firstChoice, int choices, List<TokenLogprobs> scored) {
        writer.onPromptLogprobs(firstChoice, choices, scored);
    }

    @Override
    public boolean flush() {
        return false;
    }

    @Override
    public void onComplete(UsageCount usage) {
        exchange.respond(new Answer(200, Answer.JSON, headers, writer.write(usage)));
    }

    @Override
    public void onFailure(GenerationEnd.Failure failure) {
        exchange.respond(exchange.errors().answer(failure));
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
