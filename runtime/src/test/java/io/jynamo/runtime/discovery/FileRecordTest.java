package io.jynamo.runtime.discovery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FileRecordTest {
    private static final FileRecord RECORD = new FileRecord(
            Told.entry("instances/blue/1f", "line\nline"), new LeaseOwner("host:boot:1:2", 17, 4_711, "00ff"));

    @Test
    void it_is_written_as_one_line_and_the_value() {
        assertThat(new String(RECORD.bytes(), ISO_8859_1))
                .matches("jynamo-entry/1 instances/blue/1f host:boot:1:2 17 4711 00ff 9 [0-9a-f]{8}\nline\nline");
        assertThat(FileRecord.read(RECORD.bytes())).isEqualTo(new FileRecord.Reading.Whole(RECORD));
    }

    @Test
    void any_part_of_it_is_broken() {
        byte[] bytes = RECORD.bytes();
        for (int length = 0; length < bytes.length; length++) {
            assertThat(FileRecord.read(Arrays.copyOf(bytes, length)))
                    .as("%s bytes", length)
                    .isInstanceOf(FileRecord.Reading.Broken.class);
        }
        assertThat(FileRecord.read(Arrays.copyOf(bytes, bytes.length + 1)))
                .isInstanceOf(FileRecord.Reading.Broken.class);
    }

    @Test
    void any_byte_that_is_another_breaks_it() {
        byte[] bytes = RECORD.bytes();
        for (int at = 0; at < bytes.length; at++) {
            byte[] damaged = bytes.clone();
            damaged[at] ^= 1;
            assertThat(FileRecord.read(damaged)).as("byte %s", at).isInstanceOf(FileRecord.Reading.Broken.class);
        }
    }

    @Test
    void names_of_other_files_are_no_keys() {
        assertThat(FileRecord.key("a~b.entry")).contains("a/b");
        assertThat(FileRecord.key("a~b")).isEmpty();
        assertThat(FileRecord.key("~0-1.tmp")).isEmpty();
        assertThat(FileRecord.key(".entry")).isEmpty();
        assertThat(FileRecord.key("..~a.entry")).isEmpty();
        assertThat(FileRecord.key("~.entry")).isEmpty();
    }
}
