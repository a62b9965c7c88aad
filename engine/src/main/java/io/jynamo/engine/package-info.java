/**
 * What generates tokens: the engine SPI, the embedded engine and the simulated one.
 */
@NullMarked
package io.jynamo.engine;

import org.jspecify.annotations.NullMarked;
