/**
 * How log records are written: lines for people, JSON lines for machines.
 */
@NullMarked
package io.jynamo.cli.log;

import org.jspecify.annotations.NullMarked;
