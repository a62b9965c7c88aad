/** Tokenizer speed beside the Hugging Face library and the fastest rivals with exact ids, in one run on one text. */
@NullMarked
package io.jynamo.bench.tokenizer;

import org.jspecify.annotations.NullMarked;
