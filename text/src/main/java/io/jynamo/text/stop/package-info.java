/** Stop strings in a stream of text. Pure. */
@NullMarked
package io.jynamo.text.stop;

import org.jspecify.annotations.NullMarked;
