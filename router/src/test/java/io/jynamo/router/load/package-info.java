@NullMarked
package io.jynamo.router.load;

import org.jspecify.annotations.NullMarked;
