/**
 * What each worker was given and has not finished: the load book. A core that many threads may use.
 */
@NullMarked
package io.jynamo.router.load;

import org.jspecify.annotations.NullMarked;
