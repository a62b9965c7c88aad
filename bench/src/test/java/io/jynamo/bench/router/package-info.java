@NullMarked
package io.jynamo.bench.router;

import org.jspecify.annotations.NullMarked;
