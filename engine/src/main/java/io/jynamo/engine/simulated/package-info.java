/** The simulated engine: the real scheduler and block pool over a timing model and written answers. */
@NullMarked
package io.jynamo.engine.simulated;

import org.jspecify.annotations.NullMarked;
