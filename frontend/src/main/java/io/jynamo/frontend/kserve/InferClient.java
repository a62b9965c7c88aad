package io.jynamo.frontend.kserve;

import io.jynamo.frontend.generate.DirectClient;
import io.jynamo.frontend.kserve.wire.ModelInferResponse;
import io.jynamo.frontend.metrics.Kind;
import io.jynamo.frontend.openai.CompletionRequest;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.frontend.openai.UsageCount;
import io.jynamo.protocol.GenerationEnd;
import org.jspecify.annotations.Nullable;

/** Reads a completion out of one request's tensors, and makes tensors of its text. */
final class InferClient implements DirectClient {
    private final CallExchange exchange;
    private final boolean streams;
    private volatile @Nullable Reading reading;

    /** What was read. */
    private record Reading(InferRequest asked, boolean streaming, TextTensors texts) {}

    /** @param streams whether the call takes more than one response */
    InferClient(CallExchange exchange, boolean streams) {
        this.exchange = exchange;
        this.streams = streams;
    }

    @Override
    public String endpoint() {
        return Kind.COMPLETIONS;
    }

    @Override
    public CompletionRequest parse(byte[] body, int count) {
        InferRequest asked = InferRequest.read(body, count);
        CompletionRequest completion = asked.completion();
        boolean streaming = completion.options().stream();
        if (streaming && !streams) {
            throw Refusal.invalid(
                    ModelFacts.STREAMING, "`streaming` needs ModelStreamInfer: ModelInfer has one response.");
        }
        int choices = completion.prompts().size() * completion.options().choices();
        reading = new Reading(asked, streaming, new TextTensors(asked, choices));
        return completion;
    }

    @Override
    public void onText(int choice, String text, @Nullable String finish) {
        reading().texts().add(choice, text, finish == null ? "" : finish);
    }

    @Override
    public boolean flush() {
        Reading read = reading();
        if (!read.streaming() || read.texts().isEmpty()) {
            return false;
        }
        exchange.send(TextTensors.mark(read.texts().take(), false).build());
        return true;
    }

    @Override
    public void onComplete(UsageCount usage) {
        exchange.complete(last(reading()));
    }

    private @Nullable ModelInferResponse last(Reading read) {
        if (!streams) {
            return read.texts().take().build();
        }
        if (!read.texts().isEmpty()) {
            return TextTensors.mark(read.texts().take(), true).build();
        }
        return read.asked().wantsEmptyFinal()
                ? TextTensors.mark(TextTensors.empty(read.asked()), true).build()
                : null;
    }

    @Override
    public void onFailure(GenerationEnd.Failure failure) {
        exchange.respond(exchange.errors().answer(failure));
    }

    private Reading reading() {
        Reading read = reading;
        if (read == null) {
            throw new IllegalStateException("text came before the request was read");
        }
        return read;
    }
}
