package io.jynamo.frontend.anthropic;

import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.openai.Refusal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some of the models that are served, as Anthropic lists them.
 *
 * @param hasMore others follow, or go before where it ends before a model
 */
public record ModelPage(List<Entry> models, boolean hasMore) {
    private static final int USUAL = 20;
    private static final int MOST = 1_000;

    /** A model: the name that clients ask for, and the tokens of its context. */
    public record Entry(String name, long createdSeconds, int context) {
        /** Writes the object. */
        public void write(JsonWriter out) {
            out.beginObject().name("type").value("model").name("id").value(name);
            out.name("display_name").value(name);
            out.name("created_at").value(Instant.ofEpochSecond(createdSeconds).toString());
            out.name("max_input_tokens").value((long) context);
            out.name("max_tokens").value((long) context).endObject();
        }
    }

    /**
     * The page that is asked for.
     *
     * @param limit models at most, or null for twenty
     * @param after the model it begins behind, or null
     * @param before the model it ends before, or null
     * @throws Refusal naming the parameter
     */
    public static ModelPage of(
            List<Entry> all, @Nullable String limit, @Nullable String after, @Nullable String before) {
        int most = limit(limit);
        int from = after == null ? 0 : indexOf(all, after, "after_id") + 1;
        int to = before == null ? all.size() : indexOf(all, before, "before_id");
        if (before != null) {
            int first = Math.max(from, to - most);
            return new ModelPage(all.subList(Math.min(first, to), to), first > from);
        }
        int end = Math.min(to, from + most);
        return new ModelPage(all.subList(Math.min(from, end), end), end < to);
    }

    private static int limit(@Nullable String limit) {
        if (limit == null) {
            return USUAL;
        }
        try {
            int asked = Integer.parseInt(limit);
            if (asked >= 1 && asked <= MOST) {
                return asked;
            }
        } catch (NumberFormatException notOne) {
            // As one that is out of range.
        }
        throw Refusal.invalid("limit", "`limit` must be from 1 to " + MOST + ".");
    }

    private static int indexOf(List<Entry> all, String name, String param) {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).name().equals(name)) {
                return i;
            }
        }
        throw Refusal.invalid(param, "`" + param + "` names no model that is served.");
    }

    /** The body. */
    public byte[] write() {
        JsonWriter out = new JsonWriter(256);
        out.beginObject().name("data").beginArray();
        models.forEach(model -> model.write(out));
        out.endArray().name("has_more").value(hasMore);
        out.name("first_id").value(models.isEmpty() ? null : models.getFirst().name());
        out.name("last_id").value(models.isEmpty() ? null : models.getLast().name());
        return out.endObject().toArray();
    }
}
