/** A process that has workers: loads a model, or joins an engine, and offers it to frontends. */
@NullMarked
package io.jynamo.cli.worker;

import org.jspecify.annotations.NullMarked;
