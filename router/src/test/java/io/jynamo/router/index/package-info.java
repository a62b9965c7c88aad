@NullMarked
package io.jynamo.router.index;

import org.jspecify.annotations.NullMarked;
