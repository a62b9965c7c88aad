package io.jynamo.frontend;

import static io.jynamo.frontend.BatchFixture.chat;
import static io.jynamo.frontend.BatchFixture.form;
import static io.jynamo.frontend.BatchFixture.lines;
import static io.jynamo.frontend.ServerFixture.await;
import static io.jynamo.frontend.ServerFixture.error;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.fake.ScriptedWorker.Script;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Files and batches on a disk that is full and has room again. */
@Timeout(120)
class FullDiskTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final int LINES = 200;

    @TempDir
    Path parent;

    private SmallDisk disk;
    private Path folder;

    @BeforeEach
    void mount() {
        disk = SmallDisk.mount(parent);
        folder = disk.folder().resolve("files");
    }

    @AfterEach
    void unmount() {
        disk.close();
    }

    private static String input() {
        StringBuilder input = new StringBuilder();
        for (int i = 0; i < LINES; i++) {
            input.append(chat("id-" + i, "x"));
        }
        return input.toString();
    }

    private static void isWhole(BatchFixture server, String id) {
        JsonNode batch = server.ended(id);
        assertThat(batch.path("status").asString("")).isEqualTo("completed");
        assertThat(lines(server.content(batch.path("output_file_id").asString(""))))
                .extracting(line -> line.path("custom_id").asString(""))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, LINES).mapToObj(i -> "id-" + i).toList());
        assertThat(batch.path("error_file_id").isNull()).isTrue();
    }

    private static int completed(BatchFixture server, String id) {
        return server.batch(id).at("/request_counts/completed").asInt();
    }

    private static void isRefused(BatchFixture server) {
        HttpResponse<String> refused = server.uploadForm(form("batch", input()));
        assertThat(refused.statusCode()).isEqualTo(507);
        assertThat(error(refused, "code")).isEqualTo("disk_full");
    }

    @Test
    void an_upload_is_refused_leaves_nothing_and_is_taken_when_there_is_room() throws IOException {
        try (BatchFixture server = BatchFixture.of(folder, new ScriptedWorker(request -> Script.text("x")))) {
            disk.fill();
            isRefused(server);
            assertThat(folder.resolve("uploads")).isEmptyDirectory();
            assertThat(folder.resolve("files")).isEmptyDirectory();
            disk.empty();
            String id = server.upload(input());
            disk.fill();
            assertThat(server.content(id)).isEqualTo(input());
            HttpResponse<String> batch = server.tryCreate(id, CHAT, "");
            assertThat(batch.statusCode()).as(batch.body()).isEqualTo(507);
            disk.empty();
            isWhole(server, server.create(id, CHAT));
        }
    }

    @Test
    void a_batch_pauses_and_goes_on_when_there_is_room() throws IOException {
        Semaphore pace = new Semaphore(0);
        try (BatchFixture server = BatchFixture.of(
                folder, new ScriptedWorker(request -> Script.text("x").paced(pace)))) {
            String id = server.create(server.upload(input()), CHAT);
            pace.release(3);
            await(() -> completed(server, id) == 3);
            disk.fill();
            pace.release(100_000);
            await(() -> server.server.node.running() == 0);
            JsonNode paused = server.batch(id);
            assertThat(paused.path("status").asString("")).isEqualTo("in_progress");
            assertThat(paused.at("/request_counts/completed").asInt()).isBetween(3, LINES - 1);
            assertThat(paused.at("/request_counts/failed").asInt()).isZero();
            disk.empty();
            isWhole(server, id);
        }
    }

    @Test
    void a_server_killed_there_starts_again_there() throws IOException, InterruptedException {
        String id;
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        BatchCrashServer.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
                OutputStream tokens = process.getOutputStream();
                BatchFixture.Remote server = new BatchFixture.Remote(String.valueOf(said.readLine()))) {
            String of = server.create(server.upload(input()), CHAT);
            tokens.write(new byte[3]);
            tokens.flush();
            await(() -> server.completed(of) == 3);
            disk.fill();
            tokens.write(new byte[5]);
            tokens.flush();
            await(() -> server.completed(of) > 3); // what its page still held
            tokens.write(new byte[1_000]);
            tokens.flush();
            id = of;
        } finally {
            process.destroyForcibly().waitFor();
        }
        try (BatchFixture server = BatchFixture.of(folder, new ScriptedWorker(request -> Script.text("x")))) {
            assertThat(List.of("in_progress", "finalizing"))
                    .contains(server.batch(id).path("status").asString(""));
            isRefused(server);
            disk.empty();
            isWhole(server, id);
        }
    }
}
