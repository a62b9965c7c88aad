@NullMarked
package io.jynamo.router.select;

import org.jspecify.annotations.NullMarked;
