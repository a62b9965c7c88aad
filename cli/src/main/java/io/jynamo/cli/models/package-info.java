/** {@code jynamo pull} and {@code jynamo models}: the model cache as commands, and the way serve finds its model in it. */
@NullMarked
package io.jynamo.cli.models;

import org.jspecify.annotations.NullMarked;
