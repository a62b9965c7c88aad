/** The embedded engine's speed, beside llama.cpp and the memory's. */
@NullMarked
package io.jynamo.bench.engine;

import org.jspecify.annotations.NullMarked;
