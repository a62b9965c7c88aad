@NullMarked
package io.jynamo.engine.tensor;

import org.jspecify.annotations.NullMarked;
