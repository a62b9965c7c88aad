package io.jynamo.frontend.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.frontend.openai.Refusal;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Forms cut anywhere are read as if they came whole. */
class MultipartReaderTest {
    private static final String BOUNDARY = "-b";

    /** Notes what a form is made of. */
    private static final class Noted implements MultipartReader.Parts {
        private final List<String> parts = new ArrayList<>();
        private final ByteArrayOutputStream data = new ByteArrayOutputStream();
        private String name = "";

        @Override
        public void onPart(PartHead head) {
            name = head.name() + "/" + head.filename();
            data.reset();
        }

        @Override
        public void onData(byte[] bytes, int from, int count) {
            assertThat(count).isPositive();
            data.write(bytes, from, count);
        }

        @Override
        public void onPartEnd() {
            parts.add(name + "=" + data.toString(StandardCharsets.ISO_8859_1));
        }
    }

    private static byte[] form(String... contents) {
        StringBuilder form = new StringBuilder("a preamble nobody reads");
        for (int i = 0; i < contents.length; i++) {
            form.append("\r\n--" + BOUNDARY + " \r\ncontent-disposition: form-data; name=\"f" + i
                    + "\"; filename=\"a;b\\\"c\"\r\nx-other: y\r\n\r\n" + contents[i]);
        }
        return (form + "\r\n--" + BOUNDARY + "--\r\nan epilogue").getBytes(StandardCharsets.ISO_8859_1);
    }

    private static List<String> read(byte[] form, int... cuts) {
        Noted noted = new Noted();
        MultipartReader reader = new MultipartReader(BOUNDARY, noted);
        int from = 0;
        for (int cut : cuts) {
            byte[] piece = Arrays.copyOfRange(form, from, cut);
            reader.read(piece, piece.length);
            from = cut;
        }
        byte[] rest = Arrays.copyOfRange(form, from, form.length);
        reader.read(rest, rest.length);
        assertThat(reader.isWhole()).isTrue();
        return noted.parts;
    }

    @Test
    void a_form_is_the_same_wherever_it_is_cut() {
        String[] contents = {"", "\r\n-\r\n--\r\n---x\r\r\n--c\r", "plain\r\n--" + "-B"};
        byte[] form = form(contents);
        List<String> whole = List.of("f0/a;b\"c=", "f1/a;b\"c=" + contents[1], "f2/a;b\"c=" + contents[2]);
        assertThat(read(form)).isEqualTo(whole);
        for (int first = 0; first <= form.length; first++) {
            assertThat(read(form, first)).as("cut at %s", first).isEqualTo(whole);
            for (int second = first; second <= Math.min(form.length, first + 12); second++) {
                assertThat(read(form, first, second))
                        .as("cut at %s, %s", first, second)
                        .isEqualTo(whole);
            }
        }
        int[] everywhere = new int[form.length];
        Arrays.setAll(everywhere, at -> at);
        assertThat(read(form, everywhere)).isEqualTo(whole);
    }

    @Test
    void data_that_nearly_is_a_boundary_stays_data() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        String letters = "\r\n-bx";
        for (int round = 0; round < 2_000; round++) {
            StringBuilder content = new StringBuilder();
            for (int i = random.nextInt(40); i > 0; i--) {
                content.append(letters.charAt(random.nextInt(letters.length())));
            }
            String data = content.toString().replace("\r\n--" + BOUNDARY, "");
            byte[] form = form(data);
            int cut = random.nextInt(form.length);
            assertThat(read(form, cut)).as("seed %s", seed).containsExactly("f0/a;b\"c=" + data);
        }
    }

    @Test
    void a_form_may_begin_with_its_boundary() {
        byte[] form = ("--" + BOUNDARY + "\r\ncontent-disposition: form-data; name=plain\r\n\r\nx\r\n--" + BOUNDARY
                        + "--")
                .getBytes(StandardCharsets.US_ASCII);
        assertThat(read(form)).containsExactly("plain/null=x");
    }

    @Test
    void what_is_no_form_is_refused() {
        refused("--" + BOUNDARY + "\r\n\r\nx", "Content-Disposition");
        refused("--" + BOUNDARY + "\r\ncontent-disposition: form-data\r\n\r\nx", "Content-Disposition");
        refused("--" + BOUNDARY + "x\r\n", "line's end");
        refused("--" + BOUNDARY + "\r\n" + "h: v\r\n".repeat(2_000), "longer than");
        refused("--" + BOUNDARY + " ".repeat(1_000), "line's end");
        MultipartReader reader = new MultipartReader(BOUNDARY, new Noted());
        reader.read("--other\r\n".getBytes(StandardCharsets.US_ASCII), 9);
        assertThat(reader.isWhole()).isFalse();
    }

    private static void refused(String form, String why) {
        byte[] bytes = form.getBytes(StandardCharsets.US_ASCII);
        assertThatThrownBy(() -> new MultipartReader(BOUNDARY, new Noted()).read(bytes, bytes.length))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining(why);
    }

    @Test
    void boundaries_come_from_the_content_type() {
        assertThat(PartHead.boundary("multipart/form-data; boundary=abc")).isEqualTo("abc");
        assertThat(PartHead.boundary("multipart/form-data; charset=x; Boundary=\"a b\""))
                .isEqualTo("a b");
        assertThat(PartHead.boundary("multipart/form-data")).isNull();
        assertThat(PartHead.boundary("multipart/form-data; boundary=")).isNull();
        assertThat(PartHead.boundary(null)).isNull();
    }
}
