package io.jynamo.frontend.files;

import io.jynamo.frontend.http.RequestHead;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.openai.Refusal;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list a client asks for.
 *
 * @param limit entries of a page
 * @param after the id that it follows, or null
 */
public record ListQuery(
        int limit, boolean ascending, @Nullable String after) {
    /**
     * Read of a query.
     *
     * @param usual limit
     * @param most limit
     * @throws Refusal naming the parameter
     */
    public static ListQuery read(RequestHead head, int usual, int most) {
        String limit = text(head, "limit");
        String order = text(head, "order");
        if (order != null && !order.equals("asc") && !order.equals("desc")) {
            throw Refusal.invalid("order", "`order` must be asc or desc, not " + order + ".");
        }
        return new ListQuery(limit(limit, usual, most), "asc".equals(order), text(head, "after"));
    }

    private static int limit(@Nullable String given, int usual, int most) {
        int limit;
        try {
            limit = given == null ? usual : Integer.parseInt(given);
        } catch (NumberFormatException none) {
            limit = 0;
        }
        if (limit < 1 || limit > most) {
            throw Refusal.invalid("limit", "`limit` must be from 1 to " + most + ", not " + given + ".");
        }
        return limit;
    }

    /** The first value of a parameter, or null. */
    public static @Nullable String text(RequestHead head, String name) {
        try {
            return head.query(name);
        } catch (IllegalArgumentException broken) {
            throw Refusal.invalid(name, "The query's percent escapes are broken.");
        }
    }

    /**
     * The page as a body.
     *
     * @param oldestFirst all there is
     * @throws Refusal when nothing there has the id that the page follows
     */
    public <T> byte[] page(List<T> oldestFirst, Function<T, String> id, BiConsumer<T, JsonWriter> writer) {
        List<T> all = ascending ? oldestFirst : oldestFirst.reversed();
        int from = 0;
        String wanted = after;
        if (wanted != null) {
            List<String> ids = all.stream().map(id).toList();
            from = ids.indexOf(wanted) + 1;
            if (from == 0) {
                throw Refusal.invalid("after", "`after` is `" + wanted + "`, but nothing in the list has this id.");
            }
        }
        List<T> page = all.subList(from, Math.min(all.size(), from + limit));
        JsonWriter out = new JsonWriter(512);
        out.beginObject().name("object").value("list").name("data").beginArray();
        page.forEach(one -> writer.accept(one, out));
        out.endArray();
        out.name("first_id").tree(page.isEmpty() ? null : id.apply(page.getFirst()));
        out.name("last_id").tree(page.isEmpty() ? null : id.apply(page.getLast()));
        out.name("has_more").value(from + page.size() < all.size());
        return out.endObject().toArray();
    }
}
