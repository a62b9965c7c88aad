package io.jynamo.frontend.keys;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** The beginning of a body, up to a limit; nothing of it where the limit is 0. */
final class Clip {
    private final int limit;
    private @Nullable ByteArrayOutputStream kept;

    Clip(int limit) {
        this.limit = limit;
    }

    void add(byte[] bytes, int count) {
        ByteArrayOutputStream into = kept;
        int room = limit - (into == null ? 0 : into.size());
        if (room <= 0 || count == 0) {
            return;
        }
        if (into == null) {
            into = new ByteArrayOutputStream(Math.min(count, room));
            kept = into;
        }
        into.write(bytes, 0, Math.min(count, room));
    }

    /** What there is, or null where nothing was asked for. */
    byte @Nullable [] bytes() {
        ByteArrayOutputStream has = kept;
        return limit == 0 ? null : has == null ? new byte[0] : has.toByteArray();
    }
}
