/**
 * The contract between the scheduler, which decides what a step computes, and the runner, which computes it.
 */
@NullMarked
package io.jynamo.engine.step;

import org.jspecify.annotations.NullMarked;
