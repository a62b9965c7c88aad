/** The process that runs a graph: its children, their logs, and the socket by which others tell it what to do. */
@NullMarked
package io.jynamo.cli.graph.supervisor;

import org.jspecify.annotations.NullMarked;
