/** Streams that outlive their connection: a client that lost its own goes on where it was, with {@code Last-Event-ID}. */
@NullMarked
package io.jynamo.frontend.resume;

import org.jspecify.annotations.NullMarked;
