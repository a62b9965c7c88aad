/** The training run of the start-up cache: what it starts and what it asks. */
@NullMarked
package io.jynamo.cli.train;

import org.jspecify.annotations.NullMarked;
