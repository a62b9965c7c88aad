/** What a fleet of processes costs: of joining and leaving, and of a client that hangs up. */
@NullMarked
package io.jynamo.bench.fleet;

import org.jspecify.annotations.NullMarked;
