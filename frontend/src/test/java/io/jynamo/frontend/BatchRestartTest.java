package io.jynamo.frontend;

import static io.jynamo.frontend.BatchFixture.chat;
import static io.jynamo.frontend.BatchFixture.lines;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.fake.ScriptedWorker.Script;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Batches go on where they were after a stop, a kill, and a crash at any byte: no line is lost and none is there twice. */
@Timeout(120)
class BatchRestartTest {
    private static final String CHAT = "/v1/chat/completions";

    @TempDir
    Path folder;

    private static String input(int lines) {
        StringBuilder input = new StringBuilder();
        for (int i = 0; i < lines; i++) {
            input.append(chat("id-" + i, i % 5 == 4 ? "refuse me" : "x"));
        }
        return input.toString();
    }

    private static ScriptedWorker worker() {
        return new ScriptedWorker(request -> Script.text("x"));
    }

    private static List<String> ids(BatchFixture server, JsonNode batch) {
        List<String> ids = new ArrayList<>();
        for (String member : new String[] {"output_file_id", "error_file_id"}) {
            lines(server.content(batch.path(member).asString("")))
                    .forEach(line -> ids.add(line.path("custom_id").asString("")));
        }
        return ids;
    }

    private static void isWhole(BatchFixture server, String id, int lines) {
        JsonNode batch = server.ended(id);
        assertThat(batch.path("status").asString("")).isEqualTo("completed");
        assertThat(batch.at("/request_counts/total").asInt()).isEqualTo(lines);
        assertThat(batch.at("/request_counts/failed").asInt()).isEqualTo(lines / 5);
        assertThat(ids(server, batch))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, lines).mapToObj(i -> "id-" + i).toList());
    }

    @Test
    void a_server_that_stops_leaves_the_rest_to_the_next() {
        Semaphore pace = new Semaphore(5);
        String id;
        try (BatchFixture server = BatchFixture.of(
                folder,
                new ScriptedWorker(request -> Script.text("x").paced(pace)),
                options -> options.withShutdownTimeout(java.time.Duration.ofMillis(10)))) {
            id = server.create(server.upload(input(40)), CHAT);
            ServerFixture.await(
                    () -> server.batch(id).at("/request_counts/completed").asInt() == 5);
        }
        try (BatchFixture server = BatchFixture.of(folder, worker())) {
            isWhole(server, id, 40);
            assertThat(server.server.worker.started()).hasSize(40 - 8 - 5);
        }
    }

    @Test
    void a_killed_process_has_lost_nothing() throws IOException, InterruptedException {
        int lines = 60;
        String id = "";
        String file = "";
        for (int round = 0; round < 3; round++) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                            BatchCrashServer.class.getName(),
                            folder.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
                    OutputStream tokens = process.getOutputStream();
                    BatchFixture.Remote server = new BatchFixture.Remote(String.valueOf(said.readLine()))) {
                if (round == 0) {
                    file = server.upload(input(lines));
                    id = server.create(file, CHAT);
                }
                int before = server.completed(id);
                assertThat(before).isGreaterThanOrEqualTo(round * 9);
                tokens.write(new byte[15]);
                tokens.flush();
                String of = id;
                ServerFixture.await(() -> server.completed(of) >= before + 9);
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
        try (BatchFixture server = BatchFixture.of(folder, worker())) {
            assertThat(server.content(file)).isEqualTo(input(lines));
            isWhole(server, id, lines);
            assertThat(server.server.worker.started().size()).isLessThanOrEqualTo(lines - lines / 5 - 27);
        }
    }

    @Test
    void a_crash_at_any_byte_of_the_last_answer_is_mended(@TempDir Path copies) throws IOException {
        String id;
        Semaphore pace = new Semaphore(3);
        try (BatchFixture server = BatchFixture.of(
                folder,
                new ScriptedWorker(request -> Script.text("x").paced(pace)),
                options -> options.withShutdownTimeout(java.time.Duration.ofMillis(10)))) {
            id = server.create(server.upload(input(5)), CHAT);
            ServerFixture.await(
                    () -> server.batch(id).at("/request_counts/completed").asInt() == 3);
            ServerFixture.await(
                    () -> server.batch(id).at("/request_counts/failed").asInt() == 1);
        }
        Path log = folder.resolve("batches").resolve(id + ".output");
        byte[] whole = Files.readAllBytes(log);
        int last = new String(whole, StandardCharsets.UTF_8).lastIndexOf('\n', whole.length - 2) + 1;
        for (int cut = last; cut <= whole.length; cut += Math.max(1, (whole.length - last) / 6)) {
            Path copy = copy(copies.resolve("cut-" + cut));
            Files.write(copy.resolve("batches").resolve(id + ".output"), java.util.Arrays.copyOf(whole, cut));
            try (BatchFixture server = BatchFixture.of(copy, worker())) {
                isWhole(server, id, 5);
                assertThat(server.server.worker.started()).hasSize(cut == whole.length ? 1 : 2);
            }
        }
    }

    @Test
    void a_crash_while_the_answers_become_files_is_mended() throws IOException {
        String id;
        String output;
        try (BatchFixture server = BatchFixture.of(folder, worker())) {
            id = server.create(server.upload(input(5)), CHAT);
            output = server.ended(id).path("output_file_id").asString("");
        }
        Path record = folder.resolve("batches").resolve(id + ".json");
        String ended = Files.readString(record);
        String ending = ended.replace("\"status\":\"completed\"", "\"status\":\"finalizing\"");
        assertThat(ending).isNotEqualTo(ended);
        // All files are in place, but that was not written down.
        Files.writeString(record, ending);
        try (BatchFixture server = BatchFixture.of(folder, worker())) {
            isWhole(server, id, 5);
            assertThat(server.server.worker.started()).isEmpty();
        }
        // The answers have no place yet, whether something of them was begun or not.
        Files.writeString(record, ending);
        Files.move(
                folder.resolve("files").resolve(output + ".data"),
                folder.resolve("batches").resolve(id + ".output"));
        try (BatchFixture server = BatchFixture.of(folder, worker())) {
            isWhole(server, id, 5);
            assertThat(server.server.worker.started()).isEmpty();
            assertThat(server.batch(id).path("output_file_id").asString("")).isEqualTo(output);
        }
    }

    private Path copy(Path to) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path one : all.toList()) {
                Files.copy(one, to.resolve(folder.relativize(one)));
            }
        }
        return to;
    }
}
