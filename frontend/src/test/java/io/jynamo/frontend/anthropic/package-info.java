@NullMarked
package io.jynamo.frontend.anthropic;

import org.jspecify.annotations.NullMarked;
