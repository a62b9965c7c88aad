/**
 * The nouns of the system: ids, token blocks and their hashes, KV events, load, model cards, generation requests and their output, error codes. No I/O, no policy.
 */
@NullMarked
package io.jynamo.protocol;

import org.jspecify.annotations.NullMarked;
