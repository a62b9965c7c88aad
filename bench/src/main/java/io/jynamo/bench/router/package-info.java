/**
 * What a routing decision costs: block hashing, index look-ups and updates, choosing and booking.
 */
@NullMarked
package io.jynamo.bench.router;

import org.jspecify.annotations.NullMarked;
