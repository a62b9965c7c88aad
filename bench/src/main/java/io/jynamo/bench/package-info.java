/**
 * Load, reports and comparisons with peers.
 */
@NullMarked
package io.jynamo.bench;

import org.jspecify.annotations.NullMarked;
