/** Virtual time: one queue of events, and the time of the one that runs. */
@NullMarked
package io.jynamo.simulation.clock;

import org.jspecify.annotations.NullMarked;
