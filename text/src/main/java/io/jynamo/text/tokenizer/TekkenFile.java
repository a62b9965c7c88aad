package io.jynamo.text.tokenizer;

import static io.jynamo.text.tokenizer.Refusal.corrupt;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Makes a tokenizer of Mistral's tekken.json: ranks in base64, a pattern, and special tokens that take the first ids. */
final class TekkenFile {
    /** The special tokens of files that do not list them, in the order of their ids; the rest are numbered fillers. */
    private static final List<String> FIRST_SPECIALS = List.of(
            "<unk>",
            "<s>",
            "</s>",
            "[INST]",
            "[/INST]",
            "[AVAILABLE_TOOLS]",
            "[/AVAILABLE_TOOLS]",
            "[TOOL_RESULTS]",
            "[/TOOL_RESULTS]",
            "[TOOL_CALLS]",
            "[IMG]",
            "<pad>",
            "[IMG_BREAK]",
            "[IMG_END]",
            "[PREFIX]",
            "[MIDDLE]",
            "[SUFFIX]",
            "[SYSTEM_PROMPT]",
            "[/SYSTEM_PROMPT]",
            "[TOOL_CONTENT]");

    private TekkenFile() {}

    /** @throws io.jynamo.protocol.JynamoException MODEL_FILE_CORRUPT, TOKENIZER_UNSUPPORTED */
    static PipelineTokenizer read(byte[] file) {
        JsonNode root;
        try {
            root = JsonModel.MAPPER.readTree(file);
        } catch (JacksonException e) {
            throw corrupt("not JSON, " + e.getOriginalMessage());
        }
        JsonNode config = root.path("config");
        int size = Refusal.number(config, "default_vocab_size", "config", -1);
        int specialCount = Refusal.number(config, "default_num_special_tokens", "config", -1);
        if (specialCount < 0 || size <= specialCount || size >= Vocabulary.MAX_ID) {
            throw corrupt("config names a vocabulary of " + size + " with " + specialCount + " special tokens");
        }
        JsonNode listed = Refusal.array(root, "vocab", "the file");
        if (listed.size() < size - specialCount) {
            throw corrupt("the vocabulary has " + listed.size() + " entries, config names " + (size - specialCount));
        }
        var keys = new byte[size - specialCount][];
        for (int i = 0; i < keys.length; i++) {
            JsonNode entry = listed.get(i);
            int rank = Refusal.number(entry, "rank", "vocab", -1);
            if (rank < 0 || rank >= keys.length || keys[rank] != null) {
                throw corrupt("entry " + i + " of the vocabulary has the rank " + rank + ", taken or out of range");
            }
            keys[rank] = decoded(Refusal.text(entry, "token_bytes", "vocab"), i);
        }
        String pattern = Refusal.text(config, "pattern", "config");
        List<AddedToken> specials = specials(root, specialCount);
        int bos = specials.stream()
                .filter(t -> t.content().equals("<s>"))
                .mapToInt(AddedToken::id)
                .findFirst()
                .orElse(-1);
        Frame frame = bos < 0 ? Frame.NONE : new Frame(new int[] {bos}, new int[0]);
        return TiktokenFile.build(keys, specialCount, specials, Normalizer.NONE, pattern, frame);
    }

    private static byte[] decoded(String base64, int entry) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw corrupt("entry " + entry + " of the vocabulary is not base64");
        }
    }

    private static List<AddedToken> specials(JsonNode root, int count) {
        var names = new String[count];
        for (int i = 0; i < count; i++) {
            names[i] = i < FIRST_SPECIALS.size() ? FIRST_SPECIALS.get(i) : "<SPECIAL_" + i + ">";
        }
        for (JsonNode token : root.path("special_tokens")) {
            int rank = Refusal.number(token, "rank", "special_tokens", -1);
            if (rank < 0 || rank >= count) {
                throw corrupt("a special token has the rank " + rank + ", outside 0.." + (count - 1));
            }
            names[rank] = Refusal.text(token, "token_str", "special_tokens");
        }
        var tokens = new ArrayList<AddedToken>();
        for (int id = 0; id < count; id++) {
            tokens.add(AddedToken.special(id, names[id]));
        }
        return tokens;
    }
}
