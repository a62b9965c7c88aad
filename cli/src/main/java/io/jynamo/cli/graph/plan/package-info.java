/** What a graph is to be: the roles its file asks for, checked, as its supervisor starts them. */
@NullMarked
package io.jynamo.cli.graph.plan;

import org.jspecify.annotations.NullMarked;
