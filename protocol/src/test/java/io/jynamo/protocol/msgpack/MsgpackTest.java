package io.jynamo.protocol.msgpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Bytes by the format's specification; engines' messages are read in the tests of the KV events. */
class MsgpackTest {
    private static String hex(MsgpackWriter out) {
        return HexFormat.of().formatHex(out.toByteArray());
    }

    @Test
    void every_value_has_its_shortest_form() {
        assertThat(hex(new MsgpackWriter().nil().flag(true).flag(false))).isEqualTo("c0c3c2");
        assertThat(hex(new MsgpackWriter()
                        .unsigned(0)
                        .unsigned(127)
                        .unsigned(128)
                        .unsigned(255)))
                .isEqualTo("007fcc80ccff");
        assertThat(hex(new MsgpackWriter().unsigned(256).unsigned(65_535).unsigned(65_536)))
                .isEqualTo("cd0100cdffffce00010000");
        assertThat(hex(new MsgpackWriter().unsigned(0xffff_ffffL).unsigned(1L << 32)))
                .isEqualTo("ceffffffffcf0000000100000000");
        assertThat(hex(new MsgpackWriter().unsigned(-1))).isEqualTo("cfffffffffffffffff");
        assertThat(hex(new MsgpackWriter().text("").text("é"))).isEqualTo("a0a2c3a9");
        assertThat(hex(new MsgpackWriter().text("x".repeat(31)))).startsWith("bf78");
        assertThat(hex(new MsgpackWriter().text("x".repeat(32)))).startsWith("d92078");
        assertThat(hex(new MsgpackWriter().text("x".repeat(256)))).startsWith("da010078");
        assertThat(hex(new MsgpackWriter().text("x".repeat(65_536)))).startsWith("db0001000078");
        assertThat(hex(new MsgpackWriter().array(15).map(15))).isEqualTo("9f8f");
        assertThat(hex(new MsgpackWriter().array(16).map(65_535))).isEqualTo("dc0010deffff");
        assertThat(hex(new MsgpackWriter().array(65_536).map(65_536))).isEqualTo("dd00010000df00010000");
    }

    @Test
    void what_was_written_is_read() {
        var out = new MsgpackWriter()
                .map(2)
                .text("flags")
                .array(3)
                .flag(true)
                .nil()
                .flag(false);
        long[] numbers = {0, 1, 127, 128, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE, -1};
        out.text("numbers").array(numbers.length);
        for (long number : numbers) {
            out.unsigned(number);
        }
        var in = new MsgpackReader(out.toByteArray());
        assertThat(in.map()).isEqualTo(2);
        assertThat(in.text()).isEqualTo("flags");
        assertThat(in.array()).isEqualTo(3);
        assertThat(in.flag()).isTrue();
        assertThat(in.isFlag()).isFalse();
        assertThat(in.nil()).isTrue();
        assertThat(in.flag()).isFalse();
        assertThat(in.text()).isEqualTo("numbers");
        assertThat(in.array()).isEqualTo(numbers.length);
        for (long number : numbers) {
            assertThat(in.isInteger()).isTrue();
            assertThat(in.integer()).isEqualTo(number);
        }
        assertThat(in.isAtEnd()).isTrue();
    }

    @Test
    void negative_numbers_are_read_in_every_width() {
        var in = new MsgpackReader(HexFormat.of().parseHex("e0ffd080d18000d280000000d38000000000000000"));
        assertThat(in.integer()).isEqualTo(-32);
        assertThat(in.integer()).isEqualTo(-1);
        assertThat(in.integer()).isEqualTo(Byte.MIN_VALUE);
        assertThat(in.integer()).isEqualTo(Short.MIN_VALUE);
        assertThat(in.integer()).isEqualTo(Integer.MIN_VALUE);
        assertThat(in.integer()).isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void what_is_of_another_kind_is_said_with_its_place() {
        var in = new MsgpackReader(HexFormat.of().parseHex("c0a178"));
        assertThatThrownBy(in::flag).isInstanceOf(MsgpackReader.Malformed.class).hasMessageContaining("0xc0 at byte 0");
        in.skip();
        assertThatThrownBy(in::integer).hasMessageContaining("expected an integer, found 0xa1 at byte 1");
        assertThat(in.text()).isEqualTo("x");
        assertThatThrownBy(in::integer).hasMessageContaining("ends early");
    }
}
