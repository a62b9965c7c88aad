@NullMarked
package io.jynamo.engine.weights;

import org.jspecify.annotations.NullMarked;
