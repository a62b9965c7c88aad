/** What came of a run: figures, a table, a page. */
@NullMarked
package io.jynamo.simulation.report;

import org.jspecify.annotations.NullMarked;
