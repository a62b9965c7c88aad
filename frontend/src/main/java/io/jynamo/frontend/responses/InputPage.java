package io.jynamo.frontend.responses;

import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.openai.Refusal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A page of the items that a kept response was given. */
public final class InputPage {
    private static final int USUAL = 20;
    private static final int MOST = 100;

    private InputPage() {}

    /**
     * The page as a body.
     *
     * @param limit of items, or null for the usual
     * @param order {@code asc} or {@code desc}, which null is as well
     * @param after the id of the item that it follows, or null
     * @throws Refusal naming the parameter
     */
    public static byte[] write(
            StoredResponse response, @Nullable String limit, @Nullable String order, @Nullable String after) {
        int most = limit(limit);
        List<Map<String, @Nullable Object>> items = StoredHistory.input(response);
        if (isDescending(order)) {
            items = items.reversed();
        }
        int from = after == null ? 0 : behind(items, after);
        int to = Math.min(items.size(), from + most);
        List<Map<String, @Nullable Object>> page = items.subList(from, to);
        JsonWriter out = new JsonWriter(512);
        out.beginObject().name("object").value("list");
        out.name("data").tree(page);
        out.name("first_id").tree(page.isEmpty() ? null : page.getFirst().get("id"));
        out.name("last_id").tree(page.isEmpty() ? null : page.getLast().get("id"));
        out.name("has_more").value(to < items.size());
        return out.endObject().toArray();
    }

    private static int limit(@Nullable String limit) {
        int most;
        try {
            most = limit == null ? USUAL : Integer.parseInt(limit);
        } catch (NumberFormatException none) {
            most = 0;
        }
        if (most < 1 || most > MOST) {
            throw Refusal.invalid("limit", "`limit` must be from 1 to " + MOST + ", not " + limit + ".");
        }
        return most;
    }

    private static boolean isDescending(@Nullable String order) {
        if (order != null && !order.equals("asc") && !order.equals("desc")) {
            throw Refusal.invalid("order", "`order` must be asc or desc, not " + order + ".");
        }
        return !"asc".equals(order);
    }

    private static int behind(List<Map<String, @Nullable Object>> items, String after) {
        for (int i = 0; i < items.size(); i++) {
            if (after.equals(items.get(i).get("id"))) {
                return i + 1;
            }
        }
        throw Refusal.invalid("after", "`after` is `" + after + "`, but no item of the response has this id.");
    }
}
