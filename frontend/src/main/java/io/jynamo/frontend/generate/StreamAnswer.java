package io.jynamo.frontend.generate;

import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.http.Outlet;
import io.jynamo.frontend.json.JsonWriter;
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
final class StreamAnswer implements RunAnswer, EventWriter.Events {
    private static final int SCRATCH = 16_384;
    private static final FastThreadLocal<JsonWriter> SCRATCHES = new FastThreadLocal<>() {
        @Override
        protected JsonWriter initialValue() {
            return new JsonWriter(SCRATCH);
        }
    };

    private final Exchange exchange;
    private final Outlet outlet;
    private final @Nullable ResumableStream kept;
    private final EventWriter writer;
    private final List<Map.Entry<String, String>> headers;
    private boolean begun;

    /**
     * @param kept what to write to, where the client may come back
     * @param headers of the answer, beside those that every stream has
     */
    StreamAnswer(
            Exchange exchange,
            @Nullable ResumableStream kept,
            EventWriter writer,
            List<Map.Entry<String, String>> headers) {
        this.exchange = exchange;
        this.outlet = kept == null ? exchange : kept;
        this.kept = kept;
        this.writer = writer;
        this.headers = headers;
    }

    /** Begins an event: with its id, where the client may come back and name it. */
    @Override
    public JsonWriter next() {
        JsonWriter out = SCRATCHES.get();
        if (kept != null) {
            begin(); // ids count what the head says too
            long offset = kept.position() + out.count();
            out.raw(kept.idField()).number(offset).raw("\n");
        }
        return out;
    }

    @Override
    public void onChoice(ChoiceState choice, UsageCount usage) {
        writer.onChoice(this, choice, usage);
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
        writer.onComplete(this, usage);
        finish();
    }

    @Override
    public void onFailure(GenerationEnd.Failure failure) {
        if (!begun) {
            SCRATCHES.get().reset(SCRATCH);
            outlet.respond(exchange.errors().answer(failure));
            return;
        }
        writer.onFailure(this, failure);
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
            writer.onSilence(SCRATCHES.get());
            flush();
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
        List<Map.Entry<String, String>> all = new ArrayList<>(headers);
        all.add(Map.entry("x-accel-buffering", "no"));
        outlet.begin(200, "text/event-stream; charset=utf-8", all);
        JsonWriter head = new JsonWriter(256);
        writer.onBegin(head);
        outlet.write(head.array(), head.count());
    }
}
