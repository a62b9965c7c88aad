package io.jynamo.frontend.routing;

import io.jynamo.frontend.json.JsonWriter;
import java.math.BigInteger;

/** 64 bits as an unsigned number of JSON. */
final class Unsigned {
    private Unsigned() {}

    static JsonWriter write(JsonWriter out, long value) {
        return value >= 0 ? out.value(value) : out.tree(new BigInteger(Long.toUnsignedString(value)));
    }
}
