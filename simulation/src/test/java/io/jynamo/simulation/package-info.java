@NullMarked
package io.jynamo.simulation;

import org.jspecify.annotations.NullMarked;
