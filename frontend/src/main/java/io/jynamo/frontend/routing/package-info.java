/**
 * The router as a service of its own, for the frontends of others: Dynamo's standalone indexer, selection service and slot
 * tracker, each with its routes. Engines are registered by their clients, and heard over what {@code KvSource} stands for.
 */
@NullMarked
package io.jynamo.frontend.routing;

import org.jspecify.annotations.NullMarked;
