package io.jynamo.engine.kvfeed;

import io.jynamo.protocol.KvEvent.Tier;
import java.util.Locale;
import java.util.Optional;

/** The names that engines have for where KV lies, as tiers. */
final class Medium {
    private Medium() {}

    /** Empty for a name that is not known: such blocks are left out rather than guessed at. */
    static Optional<Tier> tier(String name) {
        return Optional.ofNullable(
                switch (name.toUpperCase(Locale.ROOT)) {
                    case "", "GPU", "DEVICE" -> Tier.DEVICE;
                    case "CPU", "CPU_PINNED", "CPU_TIER1" -> Tier.HOST;
                    case "CPU_TIER2", "DISK", "NVME", "STORAGE", "FS" -> Tier.DISK;
                    case "EXTERNAL", "NETWORK", "REMOTE", "SHARED" -> Tier.REMOTE;
                    default -> null;
                });
    }
}
