/** Processes that benchmarks start and stop. */
@NullMarked
package io.jynamo.bench.process;

import org.jspecify.annotations.NullMarked;
