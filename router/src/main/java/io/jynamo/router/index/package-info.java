/**
 * Which worker has which KV blocks: the prefix index. A core that many threads may use; see {@link io.jynamo.router.index.ChainIndex}.
 */
@NullMarked
package io.jynamo.router.index;

import org.jspecify.annotations.NullMarked;
