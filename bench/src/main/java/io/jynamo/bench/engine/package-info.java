/**
 * The embedded engine's speed: decode against the memory's, prefill, batches, load time, beside llama.cpp on the same file
 * in the same run.
 */
@NullMarked
package io.jynamo.bench.engine;

import org.jspecify.annotations.NullMarked;
