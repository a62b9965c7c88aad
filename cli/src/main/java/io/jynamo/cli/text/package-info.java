/** The text side of a model: what a worker offers of its files and what a frontend makes of them. */
@NullMarked
package io.jynamo.cli.text;

import org.jspecify.annotations.NullMarked;
