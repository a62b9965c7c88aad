package io.jynamo.engine.attached;

import java.util.function.Consumer;

/** Reads the answer to one request, event by event; it keeps what it must know of the events before. */
@FunctionalInterface
public interface AnswerReader {
    /**
     * Tells {@code parts} what the event means.
     *
     * @throws MalformedAnswer for something that this engine's protocol does not say
     */
    void onEvent(SseEvent event, Consumer<AnswerPart> parts);
}
