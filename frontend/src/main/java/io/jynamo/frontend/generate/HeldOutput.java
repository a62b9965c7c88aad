package io.jynamo.frontend.generate;

import io.jynamo.protocol.OutputConstraint;

/**
 * What output is held to, and who says so.
 *
 * @param field of the request, as clients write it
 */
record HeldOutput(String field, OutputConstraint constraint) {}
