/**
 * The fleet as people watch it: its workers, the streams and who serves them, how fast it is, and what happened.
 */
@NullMarked
package io.jynamo.frontend.fleet;

import org.jspecify.annotations.NullMarked;
