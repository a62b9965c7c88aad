package io.jynamo.frontend.files;

import io.jynamo.frontend.json.JsonInput;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.keys.Owner;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One file that is kept, without its bytes.
 *
 * @param id sorts by when it was made
 * @param purpose {@code batch} or {@code batch_output}
 * @param size in bytes
 * @param expiresSeconds when it is deleted
 */
public record StoredFile(
        String id, Owner owner, String purpose, String filename, long size, long createdSeconds, long expiresSeconds) {
    /** As clients see it. */
    void write(JsonWriter out) {
        out.beginObject().name("id").value(id).name("object").value("file");
        members(out);
        out.name("status").value("processed").name("status_details").nullValue();
        out.endObject();
    }

    private void members(JsonWriter out) {
        out.name("bytes").value(size).name("created_at").value(createdSeconds);
        out.name("expires_at").value(expiresSeconds).name("filename").value(filename);
        out.name("purpose").value(purpose);
    }

    /** As it is kept beside its bytes. */
    byte[] record() {
        JsonWriter out = new JsonWriter(256);
        out.beginObject().name("id").value(id);
        out.name("key").value(owner.key()).name("tenant").value(owner.tenant());
        members(out);
        return out.endObject().toArray();
    }

    /** Reads what {@link #record} wrote. */
    static StoredFile read(byte[] record) {
        Map<String, @Nullable Object> members = JsonInput.readObject(record, record.length, Records::members);
        return new StoredFile(
                Records.text(members, "id"),
                new Owner(Records.text(members, "key"), Records.text(members, "tenant")),
                Records.text(members, "purpose"),
                Records.text(members, "filename"),
                Records.number(members, "bytes"),
                Records.number(members, "created_at"),
                Records.number(members, "expires_at"));
    }
}
