/** How the next token is drawn from logits: edits, filters, counter-based random numbers, logprobs. Pure. */
@NullMarked
package io.jynamo.engine.sampling;

import org.jspecify.annotations.NullMarked;
