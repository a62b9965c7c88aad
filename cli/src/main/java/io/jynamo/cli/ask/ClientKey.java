package io.jynamo.cli.ask;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The API key that a command sends: what it was given, or the first of {@code JYNAMO_API_KEY}. */
final class ClientKey {
    private ClientKey() {}

    static Optional<String> of(@Nullable String flag) {
        String variable = System.getenv("JYNAMO_API_KEY");
        return Optional.ofNullable(flag != null ? flag : variable).map(keys -> keys.split(",", 2)[0].strip());
    }
}
