@NullMarked
package io.jynamo.simulation.clock;

import org.jspecify.annotations.NullMarked;
