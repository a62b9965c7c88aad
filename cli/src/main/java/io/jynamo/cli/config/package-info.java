/**
 * What a command is told: flags, environment and file, settled into one configuration.
 */
@NullMarked
package io.jynamo.cli.config;

import org.jspecify.annotations.NullMarked;
