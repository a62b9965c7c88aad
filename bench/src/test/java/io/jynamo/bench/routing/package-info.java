@NullMarked
package io.jynamo.bench.routing;

import org.jspecify.annotations.NullMarked;
