/**
 * Tests of the built command as its users meet it: a process, an HTTP server, the clients people have.
 */
@NullMarked
package io.jynamo.conformance;

import org.jspecify.annotations.NullMarked;
