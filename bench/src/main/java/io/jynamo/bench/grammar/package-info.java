/** Microseconds for a token mask, beside xgrammar and llguidance on the same tokens in one run. */
@NullMarked
package io.jynamo.bench.grammar;

import org.jspecify.annotations.NullMarked;
