/**
 * A load generator for OpenAI-compatible streaming endpoints: one thread, plain sockets, so that it takes little of the CPU that it measures.
 */
@NullMarked
package io.jynamo.bench.load;

import org.jspecify.annotations.NullMarked;
