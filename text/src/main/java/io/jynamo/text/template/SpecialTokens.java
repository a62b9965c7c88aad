package io.jynamo.text.template;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The texts of a model's special tokens under the names templates use: {@code bos_token}, {@code eos_token} and the like.
 */
public record SpecialTokens(Map<String, String> byName) {
    private static final List<String> NAMES =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    public SpecialTokens {
        byName = Map.copyOf(byName);
    }

    /** The two tokens that GGUF names by id, empty where a model has none. */
    public static SpecialTokens of(String bos, String eos) {
        return new SpecialTokens(Map.of("bos_token", bos, "eos_token", eos));
    }

    /**
     * Those that the model folder's {@code special_tokens_map.json} and {@code tokenizer_config.json} name; the second wins.
     *
     * @throws io.jynamo.protocol.JynamoException MODEL_FILE_CORRUPT if one of the files is not a JSON object
     */
    public static SpecialTokens find(Path folder) {
        var tokens = new LinkedHashMap<String, String>();
        for (var file : List.of("special_tokens_map.json", "tokenizer_config.json")) {
            var json = ModelFiles.object(folder.resolve(file));
            for (var name : NAMES) {
                var value = json.get(name) instanceof Map<?, ?> token ? token.get("content") : json.get(name);
                if (value instanceof String text) {
                    tokens.put(name, text);
                }
            }
        }
        return new SpecialTokens(tokens);
    }
}
