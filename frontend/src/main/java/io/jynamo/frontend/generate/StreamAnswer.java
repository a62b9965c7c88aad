package io.jynamo.frontend.generate;

import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.http.Outlet;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.openai.AnswerIdentity;
import io.jynamo.frontend.openai.ChoiceDelta;
import io.jynamo.frontend.openai.ChunkWriter;
import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.frontend.openai.LogprobText;
import io.jynamo.frontend.openai.UsageCount;
import io.jynamo.frontend.resume.ResumableStream;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.TokenLogprobs;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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

    private final Outlet outlet;
    private final @Nullable ResumableStream kept;
    private final Prepared prepared;
    private final ChunkWriter chunks;
    private final LogprobText logprobs;
    private final RunExtras extras;
    private final AnswerIdentity identity;
    private final boolean countsAlways;
    private boolean begun;

    /** @param kept what to write to, where the client may come back */
    StreamAnswer(
            Exchange exchange,
            @Nullable ResumableStream kept,
            Prepared prepared,
            AnswerIdentity identity,
            RunExtras extras) {
        this.outlet = kept == null ? exchange : kept;
        this.kept = kept;
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
        mark(out);
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
                        choice.reply().takeReasoning(),
                        choice.reply().takeCalls(),
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
        outlet.write(out.array(), out.count());
        out.reset(SCRATCH);
        outlet.flush();
        return true;
    }

    @Override
    public void onComplete(UsageCount usage) {
        JsonWriter out = SCRATCHES.get();
        if (prepared.options().includeUsage()) {
            mark(out);
            chunks.usage(out, usage);
        }
        mark(out);
        ChunkWriter.done(out);
        finish();
    }

    @Override
    public void onFailure(GenerationEnd.Failure failure) {
        if (!begun) {
            SCRATCHES.get().reset(SCRATCH);
            outlet.respond(ErrorBody.answer(failure));
            return;
        }
        JsonWriter out = SCRATCHES.get();
        mark(out);
        ErrorBody.event(out, failure.code(), failure.message(), null);
        finish();
    }

    @Override
    public void onGone() {
        if (kept != null) {
            kept.abandon();
        }
    }

    @Override
    public boolean isWritable() {
        return outlet.isWritable();
    }

    @Override
    public void onSilence() {
        if (isWritable()) {
            ChunkWriter.keepAlive(SCRATCHES.get());
            flush();
        }
    }

    /** Begins an event: with its id, where the client may come back and name it. */
    private void mark(JsonWriter out) {
        if (kept != null) {
            begin(); // ids count what the head says too
            long offset = kept.position() + out.count();
            out.raw(kept.idField()).number(offset).raw("\n");
        }
    }

    private void finish() {
        JsonWriter out = SCRATCHES.get();
        begin();
        outlet.write(out.array(), out.count());
        out.reset(SCRATCH);
        outlet.end();
    }

    private void begin() {
        if (begun) {
            return;
        }
        begun = true;
        List<Map.Entry<String, String>> headers = new ArrayList<>(extras.headers());
        headers.add(Map.entry("x-accel-buffering", "no"));
        outlet.begin(200, "text/event-stream; charset=utf-8", headers);
        JsonWriter head = new JsonWriter(256);
        extras.annotations(head, chunks, identity);
        outlet.write(head.array(), head.count());
    }
}
