package io.jynamo.frontend.openai;

import io.jynamo.protocol.OutputConstraint;

/**
 * What a request wants its output to look like.
 *
 * @param field that says so, as clients write it
 */
public record OutputWish(String field, OutputConstraint.Form form) {}
