package io.jynamo.frontend.generate;

import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.openai.ChoiceDelta;
import io.jynamo.frontend.openai.ChunkWriter;
import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.frontend.openai.GenerationOptions;
import io.jynamo.frontend.openai.LogprobText;
import io.jynamo.frontend.openai.UsageCount;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.TokenLogprobs;
import java.util.List;

/** A stream of OpenAI's chunks, of a chat or a text completion. */
final class ChunkEvents implements EventWriter {
    private final AnswerParts parts;
    private final ChunkWriter chunks;
    private final LogprobText logprobs;
    private final boolean includesUsage;
    private final boolean countsAlways;

    /** @param chat chat chunks, or else text completion chunks */
    ChunkEvents(AnswerParts parts, boolean chat) {
        GenerationOptions options = parts.prepared().options();
        this.parts = parts;
        this.includesUsage = options.includeUsage();
        this.countsAlways = options.continuousUsage();
        this.logprobs = new LogprobText(parts.prepared().model().tokenizer(), options.tokensAsIds());
        this.chunks = new ChunkWriter(
                parts.identity(), chat, parts.prepared().choices(), includesUsage && !countsAlways, logprobs);
    }

    @Override
    public void onBegin(JsonWriter out) {
        parts.extras().annotations(out, parts.identity());
    }

    @Override
    public void onChoice(Events to, ChoiceState choice, UsageCount usage) {
        JsonWriter out = to.next();
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
                        finish == null ? null : parts.extras().json(choice),
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
    public void onComplete(Events to, UsageCount usage) {
        if (includesUsage) {
            chunks.usage(to.next(), usage);
        }
        ChunkWriter.done(to.next());
    }

    @Override
    public void onFailure(Events to, GenerationEnd.Failure failure) {
        ErrorBody.event(to.next(), failure.code(), failure.message(), failure.param());
    }

    @Override
    public void onSilence(JsonWriter out) {
        ChunkWriter.keepAlive(out);
    }
}
