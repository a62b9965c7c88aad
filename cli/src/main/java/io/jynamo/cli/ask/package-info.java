/** {@code jynamo ask}: one question, answered in the terminal as it is generated. */
@NullMarked
package io.jynamo.cli.ask;

import org.jspecify.annotations.NullMarked;
