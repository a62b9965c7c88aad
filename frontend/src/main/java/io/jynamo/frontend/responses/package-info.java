/** OpenAI's Responses, pure: fields, items, conversations, bodies, events; and the bounded store of answers. */
@NullMarked
package io.jynamo.frontend.responses;

import org.jspecify.annotations.NullMarked;
