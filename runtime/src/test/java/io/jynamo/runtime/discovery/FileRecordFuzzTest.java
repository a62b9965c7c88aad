package io.jynamo.runtime.discovery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Tag;

/**
 * Jazzer's way into the reading of a folder's files. A normal run replays the corpus in the resources folder
 * FileRecordFuzzTestInputs; with JAZZER_FUZZ=1 in the environment and -Dfuzz.search=true, one method at a time, it searches
 * for inputs that break it.
 */
@Tag("fuzz")
class FileRecordFuzzTest {
    @FuzzTest(maxDuration = "5m")
    void bytes(byte[] data) {
        read(data);
    }

    /** With the check sum and the length that the rest asks for, so that a search comes past them. */
    @FuzzTest(maxDuration = "5m")
    void signed(byte[] data) {
        int end = 0;
        while (end < data.length && data[end] != '\n') {
            end++;
        }
        byte[] value = Arrays.copyOfRange(data, Math.min(data.length, end + 1), data.length);
        byte[] words = (FileRecord.FORMAT + " " + new String(data, 0, end, ISO_8859_1) + " " + value.length)
                .getBytes(ISO_8859_1);
        var crc = new CRC32C();
        crc.update(words);
        crc.update(value);
        var whole = new ByteArrayOutputStream();
        whole.writeBytes(words);
        whole.writeBytes(" %08x\n".formatted(crc.getValue()).getBytes(ISO_8859_1));
        whole.writeBytes(value);
        read(whole.toByteArray());
    }

    private static void read(byte[] data) {
        FileRecord.looksBegun(data);
        switch (FileRecord.read(data)) {
            case FileRecord.Reading.Whole(FileRecord record) ->
                assertThat(FileRecord.read(record.bytes())).isEqualTo(new FileRecord.Reading.Whole(record));
            case FileRecord.Reading.Broken(String reason) -> assertThat(reason).isNotBlank();
        }
    }

    @FuzzTest(maxDuration = "5m")
    void name(byte[] data) {
        String name = new String(data, UTF_8);
        FileRecord.key(name)
                .ifPresent(key -> assertThat(FileRecord.fileName(key)).isEqualTo(name));
    }
}
