@NullMarked
package io.jynamo.router;

import org.jspecify.annotations.NullMarked;
