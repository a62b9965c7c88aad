/** {@code jynamo router}: the router as a service for the frontends of others. */
@NullMarked
package io.jynamo.cli.router;

import org.jspecify.annotations.NullMarked;
