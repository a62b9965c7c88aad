/** {@code jynamo keys}: makes API keys, and changes the files that list them. */
@NullMarked
package io.jynamo.cli.keys;

import org.jspecify.annotations.NullMarked;
