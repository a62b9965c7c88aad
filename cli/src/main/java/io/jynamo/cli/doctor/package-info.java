/**
 * What jynamo finds of the machine it runs on, and what to do about it.
 */
@NullMarked
package io.jynamo.cli.doctor;

import org.jspecify.annotations.NullMarked;
