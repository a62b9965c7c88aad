@NullMarked
package io.jynamo.engine.process;

import org.jspecify.annotations.NullMarked;
