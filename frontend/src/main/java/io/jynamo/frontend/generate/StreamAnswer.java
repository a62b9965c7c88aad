package io.jynamo.frontend.generate;

import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.openai.AnswerIdentity;
import io.jynamo.frontend.openai.ChoiceDelta;
import io.jynamo.frontend.openai.ChunkWriter;
import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.frontend.openai.LogprobText;
import io.jynamo.frontend.openai.UsageCount;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.TokenLogprobs;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.List;
import java.util.Map;

/**
 * Sends a run's output as server-sent events.
 *
 * <p>The head is held back until there is something to say, so that a request the engine refuses at once still gets a
 * proper status. What one visit of the event loop produces leaves as one buffer and one flush.
 */
final class StreamAnswer implements RunAnswer {
    private static final int SCRATCH = 16_384;
    private static final FastThreadLocal<JsonWriter> SCRATCHES = new FastThreadLocal<>() {
        @Override
        protected JsonWriter initialValue() {
            return new JsonWriter(SCRATCH);
        }
    };

    private final Exchange exchange;
    private final Prepared prepared;
    private final ChunkWriter chunks;
    private final LogprobText logprobs;
    private final RunExtras extras;
    private final AnswerIdentity identity;
    private final boolean countsAlways;
    private boolean begun;

    StreamAnswer(Exchange exchange, Prepared prepared, AnswerIdentity identity, RunExtras extras) {
        this.exchange = exchange;
        this.prepared = prepared;
        this.identity = identity;
        this.countsAlways = prepared.options().continuousUsage();
        this.extras = extras;
        this.logprobs =
                new LogprobText(prepared.model().tokenizer(), prepared.options().tokensAsIds());
        this.chunks = new ChunkWriter(
                identity,
                prepared.chat(),
                prepared.choices(),
                prepared.options().includeUsage() && !countsAlways,
                logprobs);
    }

    @Override
    public void onChoice(ChoiceState choice, UsageCount usage) {
        JsonWriter out = SCRATCHES.get();
        if (choice.isPlain() && !countsAlways) {
            chunks.text(out, choice.index(), choice.takeText());
            return;
        }
        boolean first = choice.isFirst();
        List<TokenLogprobs> scored = choice.takeLogprobs();
        int offset = choice.textOffset();
        Integer unscored = choice.takeUnscored();
        String finish = choice.finish();
        chunks.delta(
                out,
                new ChoiceDelta(
                        choice.index(),
                        first,
                        choice.takeText(),
                        scored,
                        unscored,
                        offset,
                        finish,
                        finish == null ? null : extras.json(choice),
                        countsAlways ? usage : null));
        if (scored != null) {
            int length = unscored == null ? 0 : logprobs.length(unscored);
            for (TokenLogprobs one : scored) {
                length += logprobs.length(one.token());
            }
            choice.advanceOffset(length);
        }
    }

    @Override
    public void onPromptLogprobs(int firstChoice, int choices, List<TokenLogprobs> scored) {
        throw new IllegalStateException("prompt logprobs are refused for streams");
    }

    @Override
    public boolean flush() {
        JsonWriter out = SCRATCHES.get();
        if (out.count() == 0) {
            return false;
        }
        begin();
        exchange.write(out.array(), out.count());
        out.reset(SCRATCH);
        exchange.flush();
        return true;
    }

    @Override
    public void onComplete(UsageCount usage) {
        JsonWriter out = SCRATCHES.get();
        if (prepared.options().includeUsage()) {
            chunks.usage(out, usage);
        }
        ChunkWriter.done(out);
        finish();
    }

    @Override
    public void onFailure(GenerationEnd.Failure failure) {
        if (!begun) {
            SCRATCHES.get().reset(SCRATCH);
            exchange.respond(ErrorBody.answer(failure));
            return;
        }
        ErrorBody.event(SCRATCHES.get(), failure.code(), failure.message(), null);
        finish();
    }

    @Override
    public void onSilence() {
        if (exchange.isWritable()) {
            ChunkWriter.keepAlive(SCRATCHES.get());
            flush();
        }
    }

    private void finish() {
        JsonWriter out = SCRATCHES.get();
        begin();
        exchange.write(out.array(), out.count());
        out.reset(SCRATCH);
        exchange.end();
    }

    private void begin() {
        if (begun) {
            return;
        }
        begun = true;
        exchange.begin(200, "text/event-stream; charset=utf-8", List.of(Map.entry("x-accel-buffering", "no")));
        JsonWriter head = new JsonWriter(256);
        extras.annotations(head, chunks, identity);
        exchange.write(head.array(), head.count());
    }
}
