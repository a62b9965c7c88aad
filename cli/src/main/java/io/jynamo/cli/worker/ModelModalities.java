package io.jynamo.cli.worker;

import io.jynamo.protocol.Modality;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a model reads, by the members of its {@code config.json} that models with eyes and ears have. */
final class ModelModalities {
    private static final JsonMapper JSON = new JsonMapper();
    private static final long MOST_BYTES = 8 << 20;
    private static final Map<Modality, List<String>> SIGNS = Map.of(
            Modality.IMAGE, List.of("vision_config", "image_token_id", "image_token_index", "mm_vision_tower"),
            Modality.AUDIO, List.of("audio_config", "audio_token_id", "audio_token_index"),
            Modality.VIDEO, List.of("video_token_id", "video_token_index"));

    private ModelModalities() {}

    /** Text and what else it names; empty where there is no such file, or it cannot be read. */
    static Optional<Set<Modality>> find(Path folder) {
        Path file = folder.resolve("config.json");
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > MOST_BYTES) {
                return Optional.empty();
            }
            JsonNode config = JSON.readTree(Files.readString(file));
            Set<Modality> read = EnumSet.of(Modality.TEXT);
            // Models that speak too keep what they read with one member.
            for (JsonNode place : List.of(config, config.path("thinker_config"))) {
                SIGNS.forEach((modality, names) -> {
                    if (names.stream().anyMatch(place::hasNonNull)) {
                        read.add(modality);
                    }
                });
            }
            return Optional.of(read);
        } catch (IOException | JacksonException unreadable) {
            return Optional.empty(); // who needs it to be readable says what is wrong with it
        }
    }
}
