/**
 * The jynamo command. The only place that wires rooms together.
 */
@NullMarked
package io.jynamo.cli;

import org.jspecify.annotations.NullMarked;
