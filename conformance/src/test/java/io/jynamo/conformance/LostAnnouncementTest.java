package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that loses what is announced there loses no request of a worker that answers. */
class LostAnnouncementTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String ONE_TOKEN =
            "{\"model\":\"" + TestFleet.MODEL + "\",\"prompt\":\"Once\",\"max_tokens\":1}";

    @TempDir
    private Path folder;

    @Test
    void a_worker_whose_announcement_is_lost_is_used_as_before_and_one_that_died_is_not() throws Exception {
        try (var fleet = new TestFleet("file:" + folder, Map.of(), TestFleet.TEMP)) {
            FleetProcess frontend = fleet.frontend();
            FleetProcess worker = fleet.worker();
            TestFleet.awaitWorkers(frontend, 1);
            Path announced = announcements().getFirst();

            Files.delete(announced);
            int asked = 0;
            long end = System.nanoTime() + LIMIT.toNanos();
            while (!Files.exists(announced) && System.nanoTime() < end) { // the worker puts it back in a while
                assertThat(status(frontend)).isEqualTo(200);
                asked++;
            }
            assertThat(announced).exists();
            assertThat(asked).isGreaterThan(1);

            worker.signal("KILL");
            Files.deleteIfExists(announced);
            worker.awaitExit(LIMIT);
            assertThat(status(frontend))
                    .isIn(502, 503); // it may be given to the worker before its connection breaks here
            assertThat(status(frontend)).isEqualTo(503);
        }
    }

    private static int status(FleetProcess frontend) {
        return Http.post(frontend.at("/v1/completions"), ONE_TOKEN).status();
    }

    private List<Path> announcements() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("~"))
                    .toList();
        }
    }
}
