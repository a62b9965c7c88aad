@NullMarked
package io.jynamo.bench.frontend;

import org.jspecify.annotations.NullMarked;
