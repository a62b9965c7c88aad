@NullMarked
package io.jynamo.protocol;

import org.jspecify.annotations.NullMarked;
