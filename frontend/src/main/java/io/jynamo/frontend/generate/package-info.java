/**
 * A generation request from parsed body to last byte: prompt, placement, stream, stop, fold.
 */
@NullMarked
package io.jynamo.frontend.generate;

import org.jspecify.annotations.NullMarked;
