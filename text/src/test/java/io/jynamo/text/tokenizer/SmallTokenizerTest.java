package io.jynamo.text.tokenizer;

import static io.jynamo.text.tokenizer.SmallVocabularies.added;
import static io.jynamo.text.tokenizer.SmallVocabularies.byteLevel;
import static io.jynamo.text.tokenizer.SmallVocabularies.read;
import static io.jynamo.text.tokenizer.SmallVocabularies.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.text.Tokenizer.SpecialText;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each kind of model and frame on vocabularies one can work out by hand. */
class SmallTokenizerTest {
    private static List<String> tokens(PipelineTokenizer tokenizer, String text) {
        return Arrays.stream(tokenizer.encode(text, SpecialText.PARSE))
                .mapToObj(tokenizer::token)
                .toList();
    }

    @Test
    void byteLevelMergesInTheOrderOfTheList() {
        PipelineTokenizer tokenizer = read(byteLevel("h e", "l l", "Ġ he", "he ll", "Ġhe ll"));
        assertThat(tokens(tokenizer, "hell hello")).containsExactly("hell", "Ġhell", "o");
        assertThat(tokens(tokenizer, "é")).containsExactly("Ã", "©");
        assertThat(tokenizer.decode(tokenizer.encode("é hello\n", SpecialText.PARSE), false))
                .isEqualTo("é hello\n");
    }

    @Test
    void specialTokensAreTextWhereTheyAreToBe() {
        PipelineTokenizer tokenizer = read(byteLevel());
        assertThat(tokenizer.encode("a<|end|>b<tool>", SpecialText.PARSE)).containsExactly('a', 1000, 'b', 1001);
        assertThat(tokenizer.encode("<|end|>", SpecialText.PLAIN)).hasSize(7);
        assertThat(tokenizer.encode("<tool>", SpecialText.PLAIN)).containsExactly(1001);
        assertThat(tokenizer.decode(new int[] {1000, 1001}, true)).isEqualTo("<tool>");
        assertThat(tokenizer.isSpecial(1000)).isTrue();
        assertThat(tokenizer.isSpecial(1001)).isFalse();
        assertThat(tokenizer.vocabularySize()).isEqualTo(1002);
        assertThat(tokenizer.token(500)).isEmpty();
        assertThatThrownBy(() -> tokenizer.token(1002)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tokenizer.decode(new int[] {-1}, false)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void addedTokensTakeWhitespaceAndStandAlone() {
        Map<String, Object> token = added(1000, "<m>", true);
        token.put("lstrip", true);
        token.put("rstrip", true);
        Map<String, Object> word = added(1001, "cat", false);
        word.put("single_word", true);
        PipelineTokenizer tokenizer = read(with(byteLevel(), "added_tokens", List.of(token, word)));
        assertThat(tokenizer.encode("a  <m> \nb", SpecialText.PARSE)).containsExactly('a', 1000, 'b');
        assertThat(tokens(tokenizer, "cats cat")).containsExactly("c", "a", "t", "s", "Ġ", "cat");
    }

    @Test
    void normalizedTokensAreFoundInNormalizedText() {
        Map<String, Object> token = added(1000, "Café", false);
        token.put("normalized", true);
        var file = with(byteLevel(), "added_tokens", List.of(token));
        PipelineTokenizer tokenizer = read(with(file, "normalizer", Map.of("type", "NFD")));
        assertThat(tokenizer.encode("Cafe\u0301", SpecialText.PARSE)).containsExactly(1000);
        assertThat(tokenizer.encode("Café", SpecialText.PARSE)).containsExactly(1000);
    }

    @Test
    void marksFallBackToBytes() {
        PipelineTokenizer tokenizer = read(SmallVocabularies.marks());
        assertThat(tokens(tokenizer, "ab ab")).containsExactly("▁ab", "▁ab");
        assertThat(tokens(tokenizer, "é")).containsExactly("▁", "<0xC3>", "<0xA9>");
        int[] framed = tokenizer.encodeFramed("ab é", SpecialText.PARSE);
        assertThat(framed[0]).isEqualTo(1);
        assertThat(tokenizer.decode(framed, true)).isEqualTo("ab é");
        assertThat(tokenizer.bytes(2 + 0xC3)).containsExactly(0xC3);
    }

    @Test
    void unigramTakesTheBestSum() {
        PipelineTokenizer tokenizer = read(SmallVocabularies.unigram());
        assertThat(tokens(tokenizer, "hello")).containsExactly("▁he", "llo");
        assertThat(tokens(tokenizer, "hel")).containsExactly("▁hel");
        assertThat(tokens(tokenizer, "héé")).containsExactly("▁", "<unk>");
        assertThat(tokenizer.decode(tokenizer.encode("hello hello", SpecialText.PARSE), false))
                .isEqualTo("hello hello");
    }

    @Test
    void wordPieceTakesTheLongestOrNothing() {
        PipelineTokenizer tokenizer = read(SmallVocabularies.wordPiece());
        assertThat(tokens(tokenizer, "Playing UNPLAYED."))
                .containsExactly("play", "##ing", "un", "##play", "##ed", ".");
        assertThat(tokens(tokenizer, "plays 中中")).containsExactly("[UNK]", "中", "中");
        assertThat(tokenizer.encodeFramed("play", SpecialText.PARSE)).containsExactly(1, 3, 2);
        assertThat(tokenizer.decode(new int[] {3, 4, 3, 8}, false)).isEqualTo("playing play.");
    }

    @Test
    void wordLevelKnowsWholeWords() {
        PipelineTokenizer tokenizer = read(SmallVocabularies.wordLevel());
        assertThat(tokenizer.encode("one three two!", SpecialText.PARSE)).containsExactly(1, 0, 2, 3);
        assertThat(tokenizer.decode(new int[] {1, 2}, false)).isEqualTo("one two");
    }

    @Test
    void streamsGiveWholeCharacters() {
        PipelineTokenizer tokenizer = read(byteLevel());
        int[] ids = tokenizer.encode("a€😀b", SpecialText.PARSE);
        var decoder = tokenizer.newDecoder(false);
        assertThat(Arrays.stream(ids).mapToObj(decoder::push).toList())
                .containsExactly("a", "", "", "€", "", "", "", "😀", "b");
        assertThat(decoder.push(ids[1])).isEmpty();
        assertThat(decoder.flush()).isEqualTo("\uFFFD");
        assertThat(decoder.push(ids[0])).isEqualTo("a");
    }

    @Test
    void malformedStreamsLoseNothing() {
        PipelineTokenizer tokenizer = read(byteLevel());
        int[] a = tokenizer.encode("a", SpecialText.PARSE);
        int[] euro = tokenizer.encode("€", SpecialText.PARSE);
        int[] ids = {euro[0], euro[1], a[0], euro[2], euro[0], euro[1], euro[2]};
        var decoder = tokenizer.newDecoder(false);
        var text = new StringBuilder();
        for (int id : ids) {
            text.append(decoder.push(id));
        }
        assertThat(text.append(decoder.flush()).toString())
                .isEqualTo("\uFFFDa\uFFFD€")
                .isEqualTo(tokenizer.decode(ids, false));
    }

    @Test
    void loneSurrogatesAreReplacementCharacters() {
        PipelineTokenizer tokenizer = read(byteLevel());
        for (String text : List.of("a\uD800?", "\uDC00é\uD83D\uDE00\uD800", "?\uD800")) {
            int[] ids = tokenizer.encode(text, SpecialText.PARSE);
            assertThat(tokenizer.decode(ids, false)).isEqualTo(Utf8.repaired(text));
        }
    }

    @Test
    void unknownStagesAreRefusedByName() {
        for (var entry : Map.of(
                        "normalizer", "Sparkle", "pre_tokenizer", "Sawmill", "post_processor", "Wrap", "decoder", "CTC")
                .entrySet()) {
            assertThatThrownBy(() -> read(with(byteLevel(), entry.getKey(), Map.of("type", entry.getValue()))))
                    .isInstanceOfSatisfying(JynamoException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.TOKENIZER_UNSUPPORTED);
                        assertThat(e.getMessage()).contains(entry.getValue());
                    });
        }
    }

    @Test
    void aLongWordIsEncodedInTime() {
        PipelineTokenizer tokenizer = read(byteLevel("a a", "aa aa", "aaaa aaaa"));
        String word = "a".repeat(1 << 20);
        assertThat(tokenizer.encode(word, SpecialText.PARSE)).hasSize(1 << 17);
        PipelineTokenizer marks = read(SmallVocabularies.marks());
        assertThat(marks.encode("ab".repeat(1 << 18), SpecialText.PARSE)).hasSize(1 << 18);
    }
}
