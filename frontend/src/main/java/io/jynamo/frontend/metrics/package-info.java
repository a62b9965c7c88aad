/**
 * What the frontend counts and times, under the names of Dynamo's frontend.
 */
@NullMarked
package io.jynamo.frontend.metrics;

import org.jspecify.annotations.NullMarked;
