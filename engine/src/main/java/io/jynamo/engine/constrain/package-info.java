/** Holding output to constraints: {@link io.jynamo.engine.constrain.ConstraintCompiler} before a request starts, {@link
 * io.jynamo.engine.constrain.HeldTexts} while its tokens are drawn. */
@NullMarked
package io.jynamo.engine.constrain;

import org.jspecify.annotations.NullMarked;
