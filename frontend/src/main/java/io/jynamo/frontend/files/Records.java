package io.jynamo.frontend.files;

import io.jynamo.frontend.json.JsonInput;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the members of records that this server wrote; one that is not there is a broken record. */
public final class Records {
    private Records() {}

    /** All members of the object that the input stands on. */
    public static Map<String, @Nullable Object> members(JsonInput in) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            members.put(name, in.tree());
        }
        return members;
    }

    public static String text(Map<String, @Nullable Object> members, String name) {
        return members.get(name) instanceof String text ? text : broken(name);
    }

    public static long number(Map<String, @Nullable Object> members, String name) {
        return members.get(name) instanceof Long number ? number : Long.parseLong(broken(name));
    }

    private static String broken(String name) {
        throw new JynamoException(ErrorCode.INVALID_JSON, "the record has no `" + name + "` as it should be");
    }
}
