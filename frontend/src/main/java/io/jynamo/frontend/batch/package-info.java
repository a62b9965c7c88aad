/** OpenAI's batches: files of requests that run behind all others and survive a crash of the process. */
@NullMarked
package io.jynamo.frontend.batch;

import org.jspecify.annotations.NullMarked;
