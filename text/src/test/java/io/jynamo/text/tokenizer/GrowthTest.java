package io.jynamo.text.tokenizer;

import static io.jynamo.text.tokenizer.SmallVocabularies.byteLevel;
import static io.jynamo.text.tokenizer.SmallVocabularies.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.text.Tokenizer.SpecialText;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Files whose stages multiply text, in a row or at once, end in a named error before they fill the memory. */
class GrowthTest {
    private static final Map<String, Object> DOUBLES =
            Map.of("type", "Replace", "pattern", Map.of("String", "a"), "content", "aa");
    private static final Map<String, Object> DOUBLES_BY_PATTERN =
            Map.of("type", "Replace", "pattern", Map.of("Regex", "a"), "content", "aa");
    private static final Map<String, Object> SWELLS =
            Map.of("type", "Replace", "pattern", Map.of("String", "a"), "content", "b".repeat(1 << 20));
    private static final Map<String, Object> SWELLS_BY_PATTERN =
            Map.of("type", "Replace", "pattern", Map.of("Regex", "a"), "content", "b".repeat(1 << 20));

    @Test
    void normalizers() {
        for (var stages : List.of(
                Collections.nCopies(60, DOUBLES),
                Collections.nCopies(60, DOUBLES_BY_PATTERN),
                Collections.nCopies(60, Map.of("type", "ByteLevel")),
                List.of(SWELLS),
                List.of(SWELLS_BY_PATTERN),
                List.of(Map.of("type", "Prepend", "prepend", "a".repeat(100)), SWELLS, DOUBLES))) {
            var file = with(byteLevel(), "normalizer", Map.of("type", "Sequence", "normalizers", stages));
            refuses(() -> SmallVocabularies.read(file).encode("é" + "a".repeat(10_000), SpecialText.PARSE));
        }
    }

    @Test
    void normalizersThatGrowAsRealOnesDoWork() {
        var spread = Map.of("type", "Replace", "pattern", Map.of("String", "a"), "content", "a".repeat(50));
        var tokenizer = SmallVocabularies.read(with(byteLevel(), "normalizer", spread));
        assertThat(tokenizer.encode("a".repeat(40_000), SpecialText.PARSE)).hasSize(2_000_000);
    }

    @Test
    void byteAlphabetsInARow() {
        var stages = Collections.nCopies(40, Map.of("type", "ByteLevel", "add_prefix_space", false));
        var file = with(byteLevel(), "pre_tokenizer", Map.of("type", "Sequence", "pretokenizers", stages));
        refuses(() -> SmallVocabularies.read(file).encode("é", SpecialText.PARSE));
    }

    @Test
    void decoders() {
        for (var stages : List.of(
                Collections.nCopies(60, DOUBLES),
                Collections.nCopies(60, DOUBLES_BY_PATTERN),
                Collections.nCopies(8, SWELLS),
                List.of(DOUBLES, DOUBLES, DOUBLES, SWELLS, Map.of("type", "Fuse")))) {
            var file = with(byteLevel(), "decoder", Map.of("type", "Sequence", "decoders", stages));
            file.put("added_tokens", List.of(SmallVocabularies.added(300, "a".repeat(10_000), false)));
            refuses(() -> SmallVocabularies.read(file));
        }
    }

    @Test
    void characterMaps() {
        // A trie of one transition, "a", whose leaf points at a replacement of a megabyte.
        var trie = java.nio.ByteBuffer.allocate(4 + 4 * 256 + (1 << 20)).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        trie.putInt(4 * 256);
        trie.putInt(4, 1 << 10); // the root: its children are at 1 ^ label
        trie.putInt(4 + 4 * (1 ^ 'a'), 'a' | 1 << 8 | 2 << 10); // a leaf at (1 ^ 'a') ^ 2
        trie.putInt(4 + 4 * (1 ^ 'a' ^ 2), 1 << 31);
        java.util.Arrays.fill(trie.array(), 4 + 4 * 256, trie.capacity(), (byte) 'b');
        var map = Base64.getEncoder().encodeToString(trie.array());
        var file = with(byteLevel(), "normalizer", Map.of("type", "Precompiled", "precompiled_charsmap", map));
        refuses(() -> SmallVocabularies.read(file).encode("a".repeat(10_000), SpecialText.PARSE));
    }

    private static void refuses(ThrowingCallable use) {
        assertThatThrownBy(use)
                .isInstanceOfSatisfying(
                        JynamoException.class,
                        e -> assertThat(e.code()).isIn(ErrorCode.MODEL_FILE_CORRUPT, ErrorCode.TOKENIZER_UNSUPPORTED));
    }
}
