/** A process that meets clients: finds workers, learns their models, and serves them. */
@NullMarked
package io.jynamo.cli.frontend;

import org.jspecify.annotations.NullMarked;
