package io.jynamo.frontend.keys;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where keys come from beside those given by flag, and what is written down.
 *
 * @param file that lists keys, or null
 * @param audit where requests are written down, or null
 * @param clock that limits count by
 */
public record KeyOptions(@Nullable Path file, @Nullable AuditOptions audit, KeyClock clock) {
    /** Neither. */
    public static final KeyOptions NONE = new KeyOptions(null, null, KeyClock.SYSTEM);
}
