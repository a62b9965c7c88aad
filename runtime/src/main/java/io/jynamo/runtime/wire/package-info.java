/** The messages of {@code jynamo.worker.v1} as the nouns of the protocol room and back; frames on a Netty channel. */
@NullMarked
package io.jynamo.runtime.wire;

import org.jspecify.annotations.NullMarked;
