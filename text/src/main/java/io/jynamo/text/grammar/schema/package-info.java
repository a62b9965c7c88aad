/** JSON Schemas as expressions over the bytes of their instances. Pure. */
@NullMarked
package io.jynamo.text.grammar.schema;

import org.jspecify.annotations.NullMarked;
