@NullMarked
package io.jynamo.runtime.discovery;

import org.jspecify.annotations.NullMarked;
