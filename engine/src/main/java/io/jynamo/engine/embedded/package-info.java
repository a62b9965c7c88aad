/** The embedded engine: the scheduler over a runner that computes a real model in this process. */
@NullMarked
package io.jynamo.engine.embedded;

import org.jspecify.annotations.NullMarked;
