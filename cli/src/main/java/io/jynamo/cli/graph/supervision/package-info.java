/**
 * Who of a graph runs when: a core that is told what happens to replicas and what users ask for, and says what to do. It
 * starts nothing itself.
 */
@NullMarked
package io.jynamo.cli.graph.supervision;

import org.jspecify.annotations.NullMarked;
