package io.jynamo.bench.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoutingBenchTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream progress = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    @Test
    void printsATableAndWritesAPageWithTheSameDigits() throws IOException {
        Path trace = Files.writeString(
                folder.resolve("trace.jsonl"),
                "{\"timestamp\": 0, \"input_length\": 600, \"output_length\": 5, \"hash_ids\": [1, 2]}\n".repeat(20));
        Path page = folder.resolve("page.html");
        String[] arguments = {
            "--workload", "mooncake", "--workers", "2", "--trace", trace.toString(), "--report", page.toString()
        };
        assertThat(run(arguments)).isZero();
        String first = text(out);
        String firstPage = Files.readString(page);
        assertThat(first).contains("mooncake: 20 requests, 2 workers, seed 1", "round-robin", "dynamo-tuned", "time");
        assertThat(text(progress)).contains("tuning on 5 requests", "100 %");
        assertThat(firstPage).contains("<svg", "dynamo-tuned");
        out.reset();
        assertThat(run(arguments)).isZero();
        assertThat(text(out)).isEqualTo(first);
        assertThat(page).hasContent(firstPage);
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThat(run("--colour")).isEqualTo(2);
        assertThat(run("--workload", "poems")).isEqualTo(2);
        assertThat(run("--policies", "best")).isEqualTo(2);
        assertThat(run(
                        "--workload",
                        "mooncake",
                        "--trace",
                        folder.resolve("none").toString()))
                .isEqualTo(2);
        assertThat(text(progress)).contains("unknown option --colour", "'poems'", "'best'", "cannot be read");
        assertThat(run("--help")).isZero();
    }

    private int run(String... arguments) {
        return RoutingBench.run(new PrintStream(out, true), new PrintStream(progress, true), arguments);
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
