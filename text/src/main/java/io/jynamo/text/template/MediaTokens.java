package io.jynamo.text.template;

import io.jynamo.protocol.Modality;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The tokens that a model's template writes where media stand, one for each medium, and engines repeat.
 *
 * @param ids by what the media are; none for what is not known
 */
public record MediaTokens(Map<Modality, Integer> ids) {
    public static final MediaTokens NONE = new MediaTokens(Map.of());

    public MediaTokens {
        ids = Map.copyOf(ids);
    }

    /**
     * Those that the model folder's {@code config.json} names.
     *
     * @throws io.jynamo.protocol.JynamoException MODEL_FILE_CORRUPT if it is not a JSON object
     */
    public static MediaTokens find(Path folder) {
        Map<?, ?> config = ModelFiles.object(folder.resolve("config.json"));
        Map<Modality, Integer> ids = new EnumMap<>(Modality.class);
        for (Modality modality : List.of(Modality.IMAGE, Modality.AUDIO, Modality.VIDEO)) {
            for (String name : List.of(modality.id() + "_token_index", modality.id() + "_token_id")) {
                if (config.get(name) instanceof Integer id) {
                    ids.put(modality, id);
                }
            }
        }
        return new MediaTokens(ids);
    }
}
