package io.jynamo.frontend.responses;

import org.jspecify.annotations.Nullable;

/**
 * The ids of responses and of their items: {@code resp_X}, {@code msg_X_0} for what a response put out and {@code msg_X_i0} for
 * what it was given, where X is the response's own. An item's id thereby says where to look for it.
 */
final class ItemIds {
    static final String RESPONSE = "resp_";

    private ItemIds() {}

    static String output(String response, String prefix, int index) {
        return prefix + own(response) + "_" + index;
    }

    static String input(String response, String prefix, int index) {
        return prefix + own(response) + "_i" + index;
    }

    /** The response that an item is of, or null where the id is none of ours. */
    static @Nullable String responseOf(String item) {
        int from = item.indexOf('_') + 1;
        int to = item.indexOf('_', from);
        return from == 0 || to < 0 ? null : RESPONSE + item.substring(from, to);
    }

    private static String own(String response) {
        return response.substring(response.indexOf('_') + 1);
    }
}
