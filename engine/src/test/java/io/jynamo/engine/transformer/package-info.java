@NullMarked
package io.jynamo.engine.transformer;

import org.jspecify.annotations.NullMarked;
