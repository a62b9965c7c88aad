package io.jynamo.frontend.responses;

import io.jynamo.frontend.json.JsonWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A response as it is kept.
 *
 * @param owner whose it is
 * @param previous the response it went on from, or null
 * @param input its own items, {@code {"data": [...]}}
 * @param body the response object
 */
@SuppressWarnings("ArrayRecordComponent") // written once, never changed
public record StoredResponse(
        String owner, String id, @Nullable String previous, byte[] input, byte[] body) {
    /** The objects around texts and bytes, entries of maps included; rounded up. */
    static final int OVERHEAD = 512;

    /** Bytes that it takes, as near as they can be told. */
    long size() {
        int names = owner.length() + 2 * id.length() + (previous == null ? 0 : previous.length());
        return OVERHEAD + 2L * names + input.length + body.length;
    }

    /** A request's items as they are kept: each has an id. */
    public static byte[] input(String response, List<Map<String, @Nullable Object>> items) {
        JsonWriter out = new JsonWriter(512);
        out.beginObject().name("data").beginArray();
        for (int i = 0; i < items.size(); i++) {
            Map<String, @Nullable Object> item = new LinkedHashMap<>(items.get(i));
            item.putIfAbsent("id", ItemIds.input(response, prefix(item), i));
            out.tree(item);
        }
        return out.endArray().endObject().toArray();
    }

    private static String prefix(Map<String, @Nullable Object> item) {
        return switch (String.valueOf(item.get("type"))) {
            case InputItems.CALL -> "fc_";
            case InputItems.CALL_OUTPUT -> "fco_";
            case InputItems.CUSTOM_CALL -> "ctc_";
            case InputItems.CUSTOM_OUTPUT -> "ctco_";
            case InputItems.REASONING -> "rs_";
            default -> "msg_";
        };
    }
}
