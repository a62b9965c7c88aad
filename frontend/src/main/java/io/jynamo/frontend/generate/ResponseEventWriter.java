package io.jynamo.frontend.generate;

import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.openai.ChunkWriter;
import io.jynamo.frontend.openai.UsageCount;
import io.jynamo.frontend.responses.ResponseEnd;
import io.jynamo.frontend.responses.ResponseEvents;
import io.jynamo.protocol.GenerationEnd;

/** The events of a streamed response. */
final class ResponseEventWriter implements EventWriter {
    private final AnswerParts parts;
    private final ResponseKeeper keeper;
    private final ResponseEvents events;
    private final ResponseTeller teller;

    ResponseEventWriter(AnswerParts parts, ResponseKeeper keeper) {
        this.parts = parts;
        this.keeper = keeper;
        this.events = new ResponseEvents(keeper.response(), keeper.form(), keeper.keeps());
        this.teller = new ResponseTeller(events.output(), parts.extras());
    }

    @Override
    public void onBegin(JsonWriter out) {
        parts.extras().annotations(out, parts.identity());
    }

    @Override
    public void onChoice(Events to, ChoiceState choice, UsageCount usage) {
        events.writeTo(to::next);
        teller.onChoice(choice);
    }

    @Override
    public void onComplete(Events to, UsageCount usage) {
        events.writeTo(to::next);
        ResponseEnd.Complete end = teller.end(usage);
        events.completed(end, keeper.keep(end, events.output()));
    }

    @Override
    public void onFailure(Events to, GenerationEnd.Failure failure) {
        events.writeTo(to::next);
        events.failed(failure);
    }

    @Override
    public void onSilence(JsonWriter out) {
        ChunkWriter.keepAlive(out);
    }
}
