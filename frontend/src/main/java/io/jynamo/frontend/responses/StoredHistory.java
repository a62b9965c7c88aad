package io.jynamo.frontend.responses;

import io.jynamo.frontend.json.JsonInput;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one owner's earlier responses were, out of the store. */
public final class StoredHistory implements History {
    /** Of kept conversations; longer ones are sent whole, where they pass as the huge bodies that they are. */
    private static final long MOST_BYTES = 16L << 20;

    private final ResponseStore store;
    private final String owner;

    public StoredHistory(ResponseStore store, String owner) {
        this.store = store;
        this.owner = owner;
    }

    @Override
    public boolean isKept() {
        return store.limits().isOn();
    }

    /** A response; {@code param} is what named it, or null. */
    public StoredResponse require(String id, @Nullable String param) {
        StoredResponse found = store.find(owner, id);
        if (found == null) {
            throw missing("The response `" + id + "`", param);
        }
        return found;
    }

    /** Forgets a response. */
    public void remove(String id) {
        if (!store.remove(owner, id)) {
            throw missing("The response `" + id + "`", null);
        }
    }

    @Override
    public List<Map<String, @Nullable Object>> conversation(String response) {
        String param = "previous_response_id";
        List<Map<String, @Nullable Object>> items = new ArrayList<>();
        long bytes = 0;
        List<@Nullable StoredResponse> chain = store.chain(owner, response);
        for (StoredResponse one : chain) {
            if (one == null) {
                throw missing(
                        chain.size() == 1
                                ? "The response `" + response + "`"
                                : "A response that `" + response + "` went on from",
                        param);
            }
            bytes += one.size();
            if (bytes > MOST_BYTES) {
                throw Refusal.invalid(
                        param,
                        "The conversation before `" + param + "` takes more than " + (MOST_BYTES >> 20)
                                + " MiB; send what matters of it as `input`.");
            }
            items.addAll(input(one));
            items.addAll(output(one));
        }
        return items;
    }

    @Override
    public Map<String, @Nullable Object> item(String id, String path) {
        String response = ItemIds.responseOf(id);
        StoredResponse found = response == null ? null : store.find(owner, response);
        if (found != null) {
            for (List<Map<String, @Nullable Object>> items : List.of(output(found), input(found))) {
                for (Map<String, @Nullable Object> item : items) {
                    if (id.equals(item.get("id"))) {
                        return item;
                    }
                }
            }
        }
        throw missing("The item `" + id + "`", path);
    }

    private Refusal missing(String what, @Nullable String param) {
        ResponseLimits limits = store.limits();
        String why = limits.isOn()
                ? " is not kept here for this API key: it never was (`store: false`, or it failed), was deleted, was not used"
                        + " for " + limits.window().toSeconds() + " s, or made room for others (" + limits.count()
                        + " responses and " + limits.bytes() + " bytes are kept)."
                : " is not kept: this server keeps no responses.";
        return new Refusal(ErrorCode.NOT_FOUND, what + why, param);
    }

    /** The items that a kept response was given. */
    static List<Map<String, @Nullable Object>> input(StoredResponse response) {
        return member(response.input(), "data");
    }

    private static List<Map<String, @Nullable Object>> output(StoredResponse response) {
        return member(response.body(), "output");
    }

    @SuppressWarnings("unchecked") // we wrote a list of objects
    private static List<Map<String, @Nullable Object>> member(byte[] object, String member) {
        return JsonInput.readObject(object, object.length, in -> {
            List<Map<String, @Nullable Object>> found = List.of();
            for (String name = in.nextName(); name != null; name = in.nextName()) {
                if (name.equals(member) && in.tree() instanceof List<?> list) {
                    found = (List<Map<String, @Nullable Object>>) list;
                } else {
                    in.skip();
                }
            }
            return found;
        });
    }
}
