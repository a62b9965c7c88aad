package io.jynamo.protocol;

import java.util.Locale;
import java.util.Set;

/** A kind of content that a model reads. */
public enum Modality {
    TEXT,
    IMAGE,
    AUDIO,
    VIDEO;

    /** What every model reads that generates. */
    public static final Set<Modality> TEXT_ONLY = Set.of(TEXT);

    /** The name people write, for example {@code image}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
