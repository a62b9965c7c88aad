/**
 * Processes that find each other: entries under a lease in a store, and watches over them. {@link
 * io.jynamo.runtime.discovery.DiscoverySpec} opens one of the stores; the etcd client's classes are loaded by its alone.
 */
@NullMarked
package io.jynamo.runtime.discovery;

import org.jspecify.annotations.NullMarked;
