/** Simulated workers: the production scheduler and a timing model, driven by events. */
@NullMarked
package io.jynamo.simulation.fleet;

import org.jspecify.annotations.NullMarked;
