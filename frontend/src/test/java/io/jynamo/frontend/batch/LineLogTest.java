package io.jynamo.frontend.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a crash leaves of a log is what was whole. */
class LineLogTest {
    private static final String BATCH = "batch_0123456789abcdef0123456789ab";

    @TempDir
    Path folder;

    private static byte[] line(int index) {
        return LineAnswer.notRun(LineLog.id(BATCH, index), "id \"" + index + "\u0001\n", "code", "Why.");
    }

    private static BitSet bits(int... set) {
        BitSet bits = new BitSet();
        Arrays.stream(set).forEach(bits::set);
        return bits;
    }

    /** Opens what is there, adds the lines that are missing and returns which there were. */
    private BitSet mend(Path path, int... wanted) {
        BitSet done = new BitSet();
        try (LineLog log = LineLog.open(path, BATCH, done)) {
            assertThat(log.count()).isEqualTo(done.cardinality());
            BitSet before = (BitSet) done.clone();
            for (int index : wanted) {
                if (!before.get(index)) {
                    log.append(line(index));
                }
            }
            log.force();
            return before;
        }
    }

    @Test
    void a_log_cut_anywhere_goes_on_behind_its_last_whole_line() throws IOException {
        Path path = folder.resolve("log");
        mend(path, 7, 300, 50_000);
        byte[] whole = Files.readAllBytes(path);
        assertThat(whole).isEqualTo(join(line(7), line(300), line(50_000)));
        int first = line(7).length;
        int second = first + line(300).length;
        for (int cut = 0; cut <= whole.length; cut++) {
            Files.write(path, Arrays.copyOf(whole, cut));
            BitSet expected = cut == whole.length
                    ? bits(7, 300, 50_000)
                    : cut >= second ? bits(7, 300) : cut >= first ? bits(7) : bits();
            assertThat(mend(path, 7, 300, 50_000)).as("cut at %s", cut).isEqualTo(expected);
            assertThat(Files.readAllBytes(path)).as("cut at %s", cut).isEqualTo(whole);
        }
    }

    @Test
    void a_page_that_never_reached_the_disk_ends_the_log() throws IOException {
        Path path = folder.resolve("log");
        mend(path, 1, 2, 3);
        byte[] whole = Files.readAllBytes(path);
        for (int from = 0; from < whole.length; from++) {
            byte[] torn = whole.clone();
            Arrays.fill(torn, from, Math.min(torn.length, from + 16), (byte) 0);
            Files.write(path, torn);
            mend(path, 1, 2, 3);
            assertThat(Files.readAllBytes(path)).as("zeros from %s", from).isEqualTo(whole);
        }
    }

    @Test
    void what_is_not_this_batchs_is_no_line_of_it() throws IOException {
        Path path = folder.resolve("log");
        String other = "batch_ffff456789abcdef0123456789ab";
        for (String wrong : new String[] {
            "{}\n",
            "\n",
            new String(line(1), StandardCharsets.UTF_8).replace("0123456789abcdef0123456789ab00000001", "x"),
            new String(LineAnswer.notRun(LineLog.id(other, 1), "a", "b", "c"), StandardCharsets.UTF_8),
            new String(line(2), StandardCharsets.UTF_8) // that is there already
        }) {
            Files.write(path, join(line(2), wrong.getBytes(StandardCharsets.UTF_8), line(3)));
            assertThat(mend(path)).as(wrong).isEqualTo(bits(2));
            assertThat(Files.readAllBytes(path)).isEqualTo(line(2));
        }
    }

    @Test
    void an_answer_with_line_ends_is_one_line() {
        byte[] body = "{\n \"a\":\r\n\t[1]}".getBytes(StandardCharsets.UTF_8);
        String line = new String(
                new LineAnswer(200, "r", body, java.time.Duration.ZERO).line("i", "c"), StandardCharsets.UTF_8);
        assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
        assertThat(line)
                .isEqualTo("{\"id\":\"i\",\"custom_id\":\"c\",\"response\":{\"status_code\":200,\"request_id\":\"r\","
                        + "\"body\":{  \"a\":   [1]}},\"error\":null}\n");
    }

    private static byte[] join(byte[]... parts) {
        var out = new java.io.ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
