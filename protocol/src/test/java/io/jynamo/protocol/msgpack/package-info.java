@NullMarked
package io.jynamo.protocol.msgpack;

import org.jspecify.annotations.NullMarked;
