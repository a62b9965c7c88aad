package io.jynamo.frontend.generate;

import io.jynamo.frontend.ServedModel;
import io.jynamo.frontend.media.MediaPart;
import io.jynamo.frontend.openai.GenerationOptions;
import io.jynamo.protocol.Media;
import java.util.List;

/** A checked request as its dialect understands it. */
interface ClientRequest {
    GenerationOptions options();

    /** What of it is no text, in the order of the prompt. */
    default List<MediaPart> media() {
        return List.of();
    }

    /**
     * Makes prompts of it.
     *
     * @param model the one that its options name
     * @param media what is behind its {@link #media}
     */
    Prepared prepare(Preprocessor preprocessor, ServedModel model, List<Media> media);

    /** Writes its answer where that is streamed. */
    EventWriter events(AnswerParts parts);

    /** Writes its answer where that is sent whole. */
    BodyWriter body(AnswerParts parts);
}
