@NullMarked
package io.jynamo.bench.load;

import org.jspecify.annotations.NullMarked;
