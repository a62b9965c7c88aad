/** MessagePack, as engines tell KV events and replicas of services their load. */
@NullMarked
package io.jynamo.protocol.msgpack;

import org.jspecify.annotations.NullMarked;
