/**
 * The forward pass: packed weights of a decoder-only transformer, shared by any number of runners, each with KV blocks of
 * its own. Results depend on a sequence's tokens alone, to the bit: not on what else is in a step, nor on how a prompt is
 * cut into steps.
 */
@NullMarked
package io.jynamo.engine.transformer;

import org.jspecify.annotations.NullMarked;
