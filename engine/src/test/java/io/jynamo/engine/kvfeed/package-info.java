@NullMarked
package io.jynamo.engine.kvfeed;

import org.jspecify.annotations.NullMarked;
