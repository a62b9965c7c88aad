/** Texts a second of the embedded encoders, beside torch. */
@NullMarked
package io.jynamo.bench.embedding;

import org.jspecify.annotations.NullMarked;
