/**
 * Engines in other processes, joined by URL: the HTTP client, the reader of their event streams, how loaded and how
 * alive they are. What is said to which engine is a {@link io.jynamo.engine.attached.EngineDialect}.
 */
@NullMarked
package io.jynamo.engine.attached;

import org.jspecify.annotations.NullMarked;
