/**
 * Our frontend beside others on one machine: the same prompts, in turns, CPU and latency of each.
 */
@NullMarked
package io.jynamo.bench.frontend;

import org.jspecify.annotations.NullMarked;
