package io.jynamo.frontend.generate;

import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.openai.UsageCount;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.TokenLogprobs;
import java.util.List;

/** Hands a run's output to a client that takes values. */
final class DirectAnswer implements RunAnswer {
    private final Exchange exchange;
    private final DirectClient client;
    private final boolean streams;

    /** @param streams text is handed over as it comes, or else whole */
    DirectAnswer(Exchange exchange, DirectClient client, boolean streams) {
        this.exchange = exchange;
        this.client = client;
        this.streams = streams;
    }

    @Override
    public void onChoice(ChoiceState choice, UsageCount usage) {
        if (streams || choice.isDone()) {
            client.onText(choice.index(), choice.takeText(), choice.finish());
        }
    }

    @Override
    public void onPromptLogprobs(int firstChoice, int choices, List<TokenLogprobs> scored) {
        throw new IllegalStateException("log probabilities are refused by whoever has no place for them");
    }

    @Override
    public boolean flush() {
        return client.flush();
    }

    @Override
    public void onComplete(UsageCount usage) {
        client.onComplete(usage);
    }

    @Override
    public void onFailure(GenerationEnd.Failure failure) {
        client.onFailure(failure);
    }

    @Override
    public void onGone() {
        // The client knows: it ended the call.
    }

    @Override
    public boolean isWritable() {
        return exchange.isWritable();
    }

    @Override
    public void onSilence() {
        // The connection's own pings keep it alive.
    }
}
