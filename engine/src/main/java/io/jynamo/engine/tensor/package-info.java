/**
 * Matrix and vector arithmetic on the Vector API: packed weights, their kernels, the scalar twins of these, and the
 * thread team that shares the work. A lane is an output row, so no sum ever runs across lanes and every result has one
 * fixed order of additions, whatever the batch.
 */
@NullMarked
package io.jynamo.engine.tensor;

import org.jspecify.annotations.NullMarked;
