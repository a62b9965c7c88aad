/**
 * An engine's own KV events (vLLM, SGLang; MessagePack over ZeroMQ) as Jynamo's: {@code KvEventDecoder} reads them,
 * {@code KvEventTranslator} names their blocks as the router does, {@code KvFeedCore} keeps them without gaps; the one
 * shell is {@code ZmqKvEvents}.
 */
@NullMarked
package io.jynamo.engine.kvfeed;

import org.jspecify.annotations.NullMarked;
