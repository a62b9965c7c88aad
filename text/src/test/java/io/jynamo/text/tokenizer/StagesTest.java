package io.jynamo.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.JynamoException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Normalizers, pre-tokenizers and split behaviours, one by one, as a tokenizer.json names them. */
class StagesTest {
    private static String normalized(String json, String text) {
        return JsonStages.normalizer(SmallVocabularies.MAPPER.readTree(json.replace('`', '"')))
                .apply(text);
    }

    private static List<String> pieces(String json, String text) {
        List<PreTokenizer> stages = JsonStages.preTokenizers(SmallVocabularies.MAPPER.readTree(json.replace('`', '"')));
        return ScannerTest.pieces(new RewritingPreTokenizers.Chain(stages), text);
    }

    private static String split(String pattern, String behavior, boolean invert) {
        return "{`type`:`Split`,`pattern`:%s,`behavior`:`%s`,`invert`:%s}".formatted(pattern, behavior, invert);
    }

    @Test
    void normalizers() {
        assertThat(normalized("{`type`:`NFC`}", "e\u0301")).isEqualTo("é");
        assertThat(normalized("{`type`:`NFKC`}", "ﬁ①")).isEqualTo("fi1");
        assertThat(normalized("{`type`:`Sequence`,`normalizers`:[{`type`:`NFD`},{`type`:`StripAccents`}]}", "É"))
                .isEqualTo("E");
        assertThat(normalized("{`type`:`Lowercase`}", "ÀİΣ")).isEqualTo("ài\u0307σ");
        assertThat(normalized("{`type`:`Strip`,`strip_left`:true,`strip_right`:false}", " a "))
                .isEqualTo("a ");
        assertThat(normalized("{`type`:`Prepend`,`prepend`:`▁`}", "a")).isEqualTo("▁a");
        assertThat(normalized("{`type`:`Prepend`,`prepend`:`▁`}", "")).isEmpty();
        assertThat(normalized("{`type`:`Replace`,`pattern`:{`Regex`:` {2,}`},`content`:`$1`}", "a   b"))
                .isEqualTo("a$1b");
        assertThat(normalized("{`type`:`Nmt`}", "a\u0001\u200Bb\tc")).isEqualTo("a b c");
        assertThat(normalized("{`type`:`ByteLevel`}", " é")).isEqualTo("ĠÃ©");
        assertThat(normalized("{`type`:`BertNormalizer`}", "É\u0000\t中x")).isEqualTo("e  中 x");
        // A mark since Unicode 11 stays, older ones go.
        assertThat(normalized("{`type`:`BertNormalizer`}", "a\u0301b\u07FD")).isEqualTo("ab\u07FD");
        assertThat(normalized("{`type`:`BertNormalizer`,`lowercase`:false}", "É"))
                .isEqualTo("É");
    }

    @Test
    void splitBehaviours() {
        String dash = "{`String`:`-`}";
        assertThat(pieces(split(dash, "Removed", false), "-a--b-")).containsExactly("a", "b");
        assertThat(pieces(split(dash, "Isolated", false), "-a--b-")).containsExactly("-", "a", "-", "-", "b", "-");
        assertThat(pieces(split(dash, "MergedWithPrevious", false), "-a--b-")).containsExactly("-", "a-", "-", "b-");
        assertThat(pieces(split(dash, "MergedWithNext", false), "-a--b-")).containsExactly("-a", "-", "-b", "-");
        assertThat(pieces(split(dash, "Contiguous", false), "-a--b-")).containsExactly("-", "a", "--", "b", "-");
        assertThat(pieces(split("{`Regex`:`[a-z]+`}", "Removed", true), "ab1é2cd"))
                .containsExactly("ab", "cd");
        assertThatThrownBy(() -> pieces(split(dash, "Eaten", false), "a")).isInstanceOf(JynamoException.class);
    }

    @Test
    void preTokenizers() {
        assertThat(pieces("{`type`:`Whitespace`}", "a_é, b!?")).containsExactly("a_é", ",", "b", "!?");
        assertThat(pieces("{`type`:`WhitespaceSplit`}", " a,\u3000b ")).containsExactly("a,", "b");
        assertThat(pieces("{`type`:`Punctuation`}", "a!?b")).containsExactly("a", "!", "?", "b");
        assertThat(pieces("{`type`:`Punctuation`,`behavior`:`Contiguous`}", "a!?b"))
                .containsExactly("a", "!?", "b");
        assertThat(pieces("{`type`:`BertPreTokenizer`}", "a b,c")).containsExactly("a", "b", ",", "c");
        // Punctuation since Unicode 14, and what was punctuation until Unicode 12.
        assertThat(pieces("{`type`:`BertPreTokenizer`}", "a\u061Db\u061Fc\u166Dd"))
                .containsExactly("a\u061Db", "\u061F", "c", "\u166D", "d");
        assertThat(pieces("{`type`:`Digits`,`individual_digits`:true}", "a12²")).containsExactly("a", "1", "2", "²");
        assertThat(pieces("{`type`:`Digits`}", "a12b")).containsExactly("a", "12", "b");
        assertThat(pieces("{`type`:`CharDelimiterSplit`,`delimiter`:`|`}", "a||b"))
                .containsExactly("a", "b");
        assertThat(pieces("{`type`:`FixedLength`,`length`:2}", "aéb")).containsExactly("aé", "b");
        assertThat(pieces("{`type`:`UnicodeScripts`}", "どこで生れyes. 1")).containsExactly("どこで生れ", "yes", ". 1");
        assertThat(pieces("{`type`:`Metaspace`}", "a  b")).containsExactly("▁a", "▁", "▁b");
        assertThat(pieces("{`type`:`Metaspace`,`prepend_scheme`:`never`,`split`:false}", "a b"))
                .containsExactly("a▁b");
        String firstOnly =
                "{`type`:`Sequence`,`pretokenizers`:[{`type`:`WhitespaceSplit`},{`type`:`Metaspace`,`prepend_scheme`:`first`}]}";
        assertThat(pieces(firstOnly, "a b")).containsExactly("▁a", "b");
        assertThat(pieces("{`type`:`ByteLevel`}", "a é")).containsExactly("Ġa", "ĠÃ©");
    }

    @Test
    void aPatternThatNeverEndsIsAnError() {
        String evil = split("{`Regex`:`(a|aa)+$`}", "Isolated", false);
        assertThatThrownBy(() -> pieces(evil, "a".repeat(5000) + "b"))
                .isInstanceOf(JynamoException.class)
                .hasMessageContaining("(a|aa)+$");
        assertThatThrownBy(() -> pieces(split("{`Regex`:`(a`}", "Isolated", false), "a"))
                .isInstanceOf(JynamoException.class);
    }
}
