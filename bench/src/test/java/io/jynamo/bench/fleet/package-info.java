@NullMarked
package io.jynamo.bench.fleet;

import org.jspecify.annotations.NullMarked;
