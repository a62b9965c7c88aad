/** Messages under topics between processes, over ZeroMQ. */
@NullMarked
package io.jynamo.engine.topics;

import org.jspecify.annotations.NullMarked;
