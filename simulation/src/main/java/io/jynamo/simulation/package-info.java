/** The cluster twin under virtual time: production policy over simulated workers, one thread, the same seed the same bytes. */
@NullMarked
package io.jynamo.simulation;

import org.jspecify.annotations.NullMarked;
