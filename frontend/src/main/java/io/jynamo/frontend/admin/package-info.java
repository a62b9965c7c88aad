/** The port for whoever runs a process, on loopback alone: its health, what it measures, and that it should drain. */
@NullMarked
package io.jynamo.frontend.admin;

import org.jspecify.annotations.NullMarked;
