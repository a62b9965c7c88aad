/**
 * Policies: given what is known of each worker, which one. Pure cores: no thread, clock, lock or random source of their own; the router
 * calls them one at a time.
 */
@NullMarked
package io.jynamo.router.select;

import org.jspecify.annotations.NullMarked;
