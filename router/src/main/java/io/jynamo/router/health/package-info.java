/** Whether a worker can be trusted with requests: how long it may be silent, and when it is tried again. Cores. */
@NullMarked
package io.jynamo.router.health;

import org.jspecify.annotations.NullMarked;
