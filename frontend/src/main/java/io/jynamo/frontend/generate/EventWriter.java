package io.jynamo.frontend.generate;

import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.openai.UsageCount;
import io.jynamo.protocol.GenerationEnd;

/** How a dialect writes a run's output as server-sent events. One stream; event loop only. */
interface EventWriter {
    /** Writes side events at the head of the stream; they have no ids, so nobody goes on behind one. */
    void onBegin(JsonWriter out);

    /** A choice has new text or has ended. */
    void onChoice(Events to, ChoiceState choice, UsageCount usage);

    /** Every choice has ended. */
    void onComplete(Events to, UsageCount usage);

    /** It cannot go on, and its client has the head already. */
    void onFailure(Events to, GenerationEnd.Failure failure);

    /** Nothing was sent for a while: writes something that says nothing. */
    void onSilence(JsonWriter out);

    /** The stream that events are written to. */
    interface Events {
        /** Begins an event and returns what it is written to, which belongs to nobody afterwards. */
        JsonWriter next();
    }
}
