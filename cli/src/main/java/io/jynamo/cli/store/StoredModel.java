package io.jynamo.cli.store;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A model in the cache: a row of {@code jynamo models}.
 *
 * @param name what to type to use it
 * @param architecture as its files say; empty where {@code problem} is set
 * @param sizeBytes of its weights
 * @param tensorTypes encodings, most frequent first, each with its count: {@code Q4_1 210, F32 61}
 * @param contextLength tokens; 0 where its files do not say
 * @param licence empty where nobody says
 * @param path the GGUF file or the folder
 * @param problem why its files cannot be read, or null
 */
public record StoredModel(
        String name,
        String architecture,
        long sizeBytes,
        String tensorTypes,
        int contextLength,
        String licence,
        Path path,
        @Nullable String problem) {}
