/** What the metrics page keeps and forgets. */
@NullMarked
package io.jynamo.frontend.metrics;

import org.jspecify.annotations.NullMarked;
