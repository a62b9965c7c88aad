/**
 * The commands that serve a model and that ask one.
 */
@NullMarked
package io.jynamo.cli.serve;

import org.jspecify.annotations.NullMarked;
