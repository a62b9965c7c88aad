package io.jynamo.engine.weights;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which ids end a sequence, from a GGUF file's metadata: those its keys name, and tokens that end a turn by their well-known text, since
 * many files name only one of the two. {@code </s>} is not among the texts: where it ends a sequence the file's key says so, and in Gemma's
 * vocabulary it is a tag of HTML.
 */
final class EndTokens {
    private static final Set<String> TEXTS = Set.of(
            "<|eot_id|>",
            "<|eom_id|>",
            "<|im_end|>",
            "<|end|>",
            "<|end_of_text|>",
            "<|endoftext|>",
            "<end_of_turn>",
            "<end_of_utterance>",
            "<EOT>",
            "[EOT]",
            "[EOS]",
            "<eos>");
    private static final int LONGEST = 18;

    private EndTokens() {}

    static Set<Integer> of(GgufMetadata metadata, int vocabularySize) {
        var ids = new HashSet<Integer>();
        for (String key : new String[] {"eos", "eot", "eom"}) {
            @Nullable Integer id = metadata.tokenId("tokenizer.ggml." + key + "_token_id", vocabularySize);
            if (id != null) {
                ids.add(id);
            }
        }
        if (metadata.raw("tokenizer.ggml.tokens") instanceof String[] tokens) {
            for (int id = 0; id < Math.min(tokens.length, vocabularySize); id++) {
                if (mayEnd(tokens[id]) && TEXTS.contains(tokens[id])) {
                    ids.add(id);
                }
            }
        }
        return ids;
    }

    /** Spares hashing a quarter of a million strings. */
    private static boolean mayEnd(String token) {
        if (token.length() < 4 || token.length() > LONGEST) {
            return false;
        }
        char last = token.charAt(token.length() - 1);
        return last == '>' || last == ']';
    }
}
