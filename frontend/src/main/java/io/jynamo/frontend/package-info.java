/**
 * What clients meet: the OpenAI HTTP surface over Netty.
 */
@NullMarked
package io.jynamo.frontend;

import org.jspecify.annotations.NullMarked;
