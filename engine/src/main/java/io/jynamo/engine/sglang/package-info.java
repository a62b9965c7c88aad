/** SGLang, joined by URL, spoken to by its native {@code /generate}. */
@NullMarked
package io.jynamo.engine.sglang;

import org.jspecify.annotations.NullMarked;
