package io.jynamo.frontend.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class FieldsTest {
    private static Fields of(String json) {
        byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return Fields.read(bytes, bytes.length);
    }

    private static void refused(String words, ThrowingCallable reading) {
        assertThatThrownBy(reading)
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_FIELD))
                .hasMessageContaining(words);
    }

    @Test
    void numbers_keep_their_bits() {
        Fields fields = of("{'id':18446744073709551615,'hashes':[-9223372036854775808,-1,9223372036854775807]}");
        assertThat(fields.u64("id")).isEqualTo(-1);
        assertThat(fields.longs("hashes")).containsExactly(Long.MIN_VALUE, -1, Long.MAX_VALUE);
        assertThat(of("{'ids':[1,18446744073709551615]}").findU64s("ids")).containsExactlyInAnyOrder(1L, -1L);
        assertThat(of("{'t':[4294967295,0]}").tokenIds("t")).containsExactly(-1, 0);
        long[] many = of("{'m':[" + "7,".repeat(9_999) + "7]}").longs("m");
        assertThat(many).hasSize(10_000).containsOnly(7);
    }

    @Test
    void what_is_missing_or_of_another_kind_is_named() {
        refused("missing field `id`", () -> of("{'id':null}").u64("id"));
        refused(
                "id must be an unsigned 64-bit integer, not -1",
                () -> of("{'id':-1}").u64("id"));
        refused(
                "not 18446744073709551616",
                () -> of("{'id':18446744073709551616}").u64("id"));
        refused("not the string \"7\"", () -> of("{'id':'7'}").u64("id"));
        refused("not 4294967296", () -> of("{'rank':4294967296}").u32("rank"));
        refused(
                "t[1] must be an unsigned 32-bit integer",
                () -> of("{'t':[1,-2]}").tokenIds("t"));
        refused(
                "h must be an array of signed",
                () -> of("{'h':[1,9223372036854775808]}").longs("h"));
        refused("h must be an array of signed", () -> of("{'h':[1,null]}").longs("h"));
        refused("a must be a string, not an array", () -> of("{'a':[]}").text("a"));
        refused("o must be an object", () -> of("{'o':1}").findObject("o"));
        Fields inner = Objects.requireNonNull(of("{'o':{}}").findObject("o"));
        refused("missing field `o.id`", () -> inner.u64("id"));
        refused("texts[1] must be a string", () -> of("{'texts':['a',1]}").findTexts("texts"));
    }

    @Test
    void what_would_take_far_more_memory_than_its_text_is_refused() {
        assertThatThrownBy(() -> of("{'a':[" + "{},".repeat(200_000) + "1]}"))
                .isInstanceOf(JynamoException.class)
                .hasMessageContaining("at most");
        StringBuilder members = new StringBuilder("{");
        for (int i = 0; i < 9_000; i++) {
            members.append("'").append(i).append("':1,");
        }
        assertThatThrownBy(() -> of(members + "'z':1}"))
                .isInstanceOf(JynamoException.class)
                .hasMessageContaining("members");
    }

    @Test
    void blocks_with_images_are_found_after_those_without() {
        assertThat(of("{}").leadingNulls("m")).isEqualTo(Integer.MAX_VALUE);
        assertThat(of("{'m':[]}").leadingNulls("m")).isEqualTo(Integer.MAX_VALUE);
        assertThat(of("{'m':[null,null]}").leadingNulls("m")).isEqualTo(Integer.MAX_VALUE);
        assertThat(of("{'m':[null,null,{'mm_objects':[]},null]}").leadingNulls("m"))
                .isEqualTo(2);
        assertThat(of("{'m':[{}]}").leadingNulls("m")).isZero();
    }
}
