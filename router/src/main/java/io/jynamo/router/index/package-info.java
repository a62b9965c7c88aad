/**
 * Which worker has which KV blocks on which tier: the prefix index. A core that many threads may use;
 * {@link io.jynamo.router.index.ChainIndex} says how it works.
 *
 * <p>Why so: events name blocks by their chained hash, so one table of hashes serves every update, and removing needs no
 * map for each worker. Look-ups name them by local hashes and mostly go along unbranched runs, so blocks lie in the order
 * of their chains and a look-up compares instead of hashing. Owners are many and sets of owners few, so a block has the
 * number of a set. An answer is told as sets with depths, so it costs nothing for each owner of a shared head.
 */
@NullMarked
package io.jynamo.router.index;

import org.jspecify.annotations.NullMarked;
