/**
 * The OpenAI surface as values: one table of fields per request, errors, and the bodies and chunks of answers. Pure.
 */
@NullMarked
package io.jynamo.frontend.openai;

import org.jspecify.annotations.NullMarked;
