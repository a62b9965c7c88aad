package io.jynamo.frontend.generate;

import io.jynamo.frontend.ServedModel;
import io.jynamo.frontend.openai.GenerationOptions;

/** A checked request as its dialect understands it. */
interface ClientRequest {
    GenerationOptions options();

    /** Makes prompts of it; {@code model} is the one that its options name. */
    Prepared prepare(Preprocessor preprocessor, ServedModel model);

    /** Writes its answer where that is streamed. */
    EventWriter events(AnswerParts parts);

    /** Writes its answer where that is sent whole. */
    BodyWriter body(AnswerParts parts);
}
