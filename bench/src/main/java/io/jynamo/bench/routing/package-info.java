/**
 * What routing policies make of a workload: the production router over simulated workers in virtual time.
 */
@NullMarked
package io.jynamo.bench.routing;

import org.jspecify.annotations.NullMarked;
