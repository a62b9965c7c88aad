/**
 * The engine's pure core: which tokens are computed next and in which KV blocks. No threads, clock, randomness or I/O;
 * {@link io.jynamo.engine.loop} drives it, and so can a simulator under virtual time.
 */
@NullMarked
package io.jynamo.engine.schedule;

import org.jspecify.annotations.NullMarked;
