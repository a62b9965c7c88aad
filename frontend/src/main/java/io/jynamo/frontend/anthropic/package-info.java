/** Pure: the tables, bodies, events and errors of Anthropic's Messages API, made of and into what {@code openai} has. */
@NullMarked
package io.jynamo.frontend.anthropic;

import org.jspecify.annotations.NullMarked;
