/**
 * JSON in and out without objects in between: a bounded reader over a byte array and a writer straight into one.
 */
@NullMarked
package io.jynamo.frontend.json;

import org.jspecify.annotations.NullMarked;
