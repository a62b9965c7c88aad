package io.jynamo.frontend;

import static io.jynamo.frontend.BatchFixture.chat;
import static io.jynamo.frontend.BatchFixture.form;
import static io.jynamo.frontend.ServerFixture.error;
import static io.jynamo.frontend.ServerFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.frontend.batch.BatchOptions;
import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.fake.ScriptedWorker.Script;
import io.jynamo.frontend.files.FileLimits;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Files over real sockets: uploaded in any pieces, listed, read, deleted, and refused. */
@Timeout(60)
class FilesTest {
    private static final String LINE = chat("a", "hi");

    @TempDir
    Path folder;

    private static ScriptedWorker worker() {
        return new ScriptedWorker(request -> Script.text("x"));
    }

    private BatchFixture server() {
        return BatchFixture.of(folder, worker());
    }

    private BatchFixture server(FileLimits limits) {
        return BatchFixture.of(
                folder,
                worker(),
                options -> options.withBatches(
                        new BatchOptions(limits.in(folder), BatchFixture.LIMITS, InstantSource.system())));
    }

    private static String id(JsonNode file) {
        return file.path("id").asString("");
    }

    @Test
    void a_file_is_described_read_and_deleted() {
        try (BatchFixture server = server()) {
            HttpResponse<String> uploaded = server.uploadForm(form("batch", LINE));
            JsonNode file = json(uploaded);
            assertThat(file.path("object").asString("")).isEqualTo("file");
            assertThat(file.path("bytes").asInt()).isEqualTo(LINE.length());
            assertThat(file.path("filename").asString("")).isEqualTo("in.jsonl");
            assertThat(file.path("purpose").asString("")).isEqualTo("batch");
            assertThat(file.path("status").asString("")).isEqualTo("processed");
            assertThat(file.path("expires_at").asLong()
                            - file.path("created_at").asLong())
                    .isEqualTo(30 * 86_400);
            String path = "/v1/files/" + id(file);
            assertThat(json(server.get(path))).isEqualTo(file);
            assertThat(server.content(id(file))).isEqualTo(LINE);
            assertThat(json(server.delete(path)).toString())
                    .isEqualTo("{\"id\":\"" + id(file) + "\",\"object\":\"file\",\"deleted\":true}");
            assertThat(server.get(path).statusCode()).isEqualTo(404);
            assertThat(server.get(path + "/content").statusCode()).isEqualTo(404);
            assertThat(error(server.delete(path), "code")).isEqualTo("not_found");
            assertThat(server.get("/v1/files/..%2Flock").statusCode()).isEqualTo(404);
            assertThat(server.server.get("/metrics").body()).contains("dynamo_frontend_stored_files 0.0");
        }
    }

    @Test
    void every_path_that_is_described_is_served() {
        try (BatchFixture server = server()) {
            JsonNode paths = json(server.get("/openapi.json")).path("paths");
            for (String path : paths.propertyNames()) {
                if (path.startsWith("/v1/files") || path.startsWith("/v1/batches")) {
                    for (String method : paths.path(path).propertyNames()) {
                        if (!method.equals("parameters")) {
                            HttpResponse<String> answer = server.send(server.server
                                    .request(path.replaceAll("[{].*?[}]", "none"))
                                    .method(method.toUpperCase(java.util.Locale.ROOT), BodyPublishers.noBody()));
                            assertThat(answer.body()).as(path).doesNotContain("route_not_found", "method_not_allowed");
                        }
                    }
                }
            }
        }
    }

    @Test
    void files_come_in_pages() {
        try (BatchFixture server = server()) {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                ids.add(server.upload(LINE));
            }
            ids.sort(null); // those of one millisecond have any order, the same each time
            JsonNode all = json(server.get("/v1/files?order=asc"));
            assertThat(all.path("data").valueStream().map(FilesTest::id)).isEqualTo(ids);
            JsonNode last = json(server.get("/v1/files?limit=2"));
            assertThat(last.path("data").valueStream().map(FilesTest::id))
                    .isEqualTo(ids.reversed().subList(0, 2));
            assertThat(last.path("has_more").asBoolean()).isTrue();
            JsonNode first = json(server.get("/v1/files?limit=2&purpose=batch&after="
                    + last.path("last_id").asString("")));
            assertThat(first.path("data").valueStream().map(FilesTest::id)).containsExactly(ids.getFirst());
            assertThat(first.path("has_more").asBoolean()).isFalse();
            assertThat(json(server.get("/v1/files?purpose=batch_output"))
                            .path("data")
                            .size())
                    .isZero();
            assertThat(error(server.get("/v1/files?limit=0"), "param")).isEqualTo("limit");
            assertThat(error(server.get("/v1/files?order=up"), "param")).isEqualTo("order");
            assertThat(error(server.get("/v1/files?after=none"), "param")).isEqualTo("after");
        }
    }

    @Test
    void a_form_that_is_wrong_says_what_is() {
        try (BatchFixture server = server()) {
            refused(server, form("fine-tune", LINE), "unsupported_parameter", "purpose");
            refused(server, form("batch", ""), "invalid_request", "file");
            refused(server, form("batch", LINE).replace("\"file\"", "\"other\""), "unsupported_parameter", "other");
            refused(server, form("batch", LINE).replace("\"file\"", "\"purpose\""), "invalid_request", "purpose");
            refused(server, form("batch", LINE).replace("; filename=\"in.jsonl\"", ""), "invalid_request", "file");
            refused(server, form("batch", LINE).replace("--\r\n", ""), "invalid_request", "file");
            refused(server, form("batch", LINE).replace("form-data", "mixed"), "invalid_request", "file");
            refused(server, form("x".repeat(2_000), LINE), "invalid_request", "purpose");
            refused(server, "", "invalid_request", "file");
            refused(server, "not a form", "invalid_request", "file");
            refused(server, expiring("created_at", "60"), "invalid_request", "expires_after.seconds");
            refused(server, expiring("now", "7200"), "invalid_request", "expires_after.anchor");
            HttpResponse<String> json =
                    server.send(server.server.request("/v1/files").POST(BodyPublishers.ofString("{}")));
            assertThat(json.statusCode()).isEqualTo(415);
            assertThat(error(json, "message")).contains("multipart/form-data");
            HttpResponse<String> boundless = server.send(HttpRequest.newBuilder(server.server.uri("/v1/files"))
                    .header("content-type", "multipart/form-data")
                    .POST(BodyPublishers.ofString(form("batch", LINE))));
            assertThat(error(boundless, "message")).contains("names no boundary");
            assertThat(folder.resolve("uploads")).isEmptyDirectory();
            assertThat(folder.resolve("files")).isEmptyDirectory();
            JsonNode file = json(server.uploadForm(expiring("created_at", "7200")));
            assertThat(file.path("expires_at").asLong()
                            - file.path("created_at").asLong())
                    .isEqualTo(7_200);
        }
    }

    private static String expiring(String anchor, String seconds) {
        String mark = "------a-boundary\r\n";
        String field = mark + "content-disposition: form-data; name=\"expires_after[%s]\"\r\n\r\n%s\r\n";
        return field.formatted("anchor", anchor) + field.formatted("seconds", seconds) + form("batch", LINE);
    }

    private static void refused(BatchFixture server, String form, String code, String param) {
        HttpResponse<String> refused = server.uploadForm(form);
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
        assertThat(error(refused, "code")).as(refused.body()).isEqualTo(code);
        assertThat(error(refused, "param")).as(refused.body()).isEqualTo(param);
    }

    @Test
    void an_upload_comes_in_any_pieces() {
        try (BatchFixture server = server()) {
            byte[] form = form("batch", LINE).getBytes(StandardCharsets.US_ASCII);
            for (int cut = 0; cut < form.length; cut += 7) {
                try (RawSocket client = new RawSocket(server.server.node.port())) {
                    client.say("POST /v1/files HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type:"
                            + " multipart/form-data; boundary=----a-boundary\r\ntransfer-encoding: chunked\r\n\r\n");
                    client.say(chunk(form, 0, cut))
                            .say(chunk(form, cut, form.length))
                            .say("0\r\n\r\n");
                    assertThat(client.rest()).contains("HTTP/1.1 200 OK").contains("\"status\":\"processed\"");
                }
            }
            for (JsonNode file : json(server.get("/v1/files")).path("data")) {
                assertThat(server.content(id(file))).isEqualTo(LINE);
            }
        }
    }

    private static byte[] chunk(byte[] bytes, int from, int to) {
        if (from == to) {
            return new byte[0];
        }
        var out = new java.io.ByteArrayOutputStream();
        out.writeBytes((Integer.toHexString(to - from) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(bytes, from, to - from);
        out.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    @Test
    void a_file_may_be_larger_than_all_bodies_together() throws Exception {
        try (BatchFixture server = BatchFixture.of(
                folder,
                worker(),
                options -> options.withHttp(options.http().withBody(4_096, Duration.ofSeconds(20))))) {
            String lines = LINE.repeat(60_000);
            String id = server.upload(lines);
            assertThat(server.content(id)).isEqualTo(lines);
            HttpClient h2 =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
            HttpResponse<String> uploaded = h2.send(
                    HttpRequest.newBuilder(server.server.uri("/v1/files"))
                            .header("content-type", "multipart/form-data; boundary=----a-boundary")
                            .POST(BodyPublishers.ofString(form("batch", lines)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(json(uploaded).path("bytes").asInt()).isEqualTo(lines.length());
            h2.close();
        }
    }

    @Test
    void a_file_that_is_too_large_is_refused_and_leaves_nothing() {
        try (BatchFixture server = server(FileLimits.OFF.with(1_000, 1L << 30, 1L << 30))) {
            HttpResponse<String> soon = server.uploadForm(form("batch", LINE.repeat(10_000)));
            assertThat(soon.statusCode()).isEqualTo(413);
            assertThat(error(soon, "code")).isEqualTo("body_too_large");
            HttpResponse<String> late = server.uploadForm(form("batch", "x".repeat(1_001)));
            assertThat(late.statusCode()).isEqualTo(413);
            assertThat(error(late, "message")).contains("1000 bytes");
            assertThat(server.uploadForm(form("batch", "x".repeat(1_000))).statusCode())
                    .isEqualTo(200);
            assertThat(folder.resolve("uploads")).isEmptyDirectory();
        }
    }

    @Test
    void files_of_one_owner_have_a_limit() {
        try (BatchFixture server = server(FileLimits.OFF.with(1_000, 1_500, 1L << 30))) {
            String first = server.upload("x".repeat(1_000));
            HttpResponse<String> full = server.uploadForm(form("batch", "x".repeat(1_000)));
            assertThat(full.statusCode()).isEqualTo(507);
            assertThat(error(full, "message")).contains("1000 of the 1500");
            server.delete("/v1/files/" + first);
            server.upload("x".repeat(1_000));
        }
    }

    @Test
    void a_client_that_hangs_up_leaves_nothing() throws IOException {
        try (BatchFixture server = server()) {
            try (RawSocket client = new RawSocket(server.server.node.port())) {
                client.say("POST /v1/files HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\ncontent-type:"
                        + " multipart/form-data; boundary=----a-boundary\r\n\r\n"
                        + form("batch", LINE).replace("--\r\n", ""));
                ServerFixture.await(() -> names("uploads") == 1);
            }
            ServerFixture.await(() -> names("uploads") == 0);
            assertThat(names("files")).isZero();
        }
    }

    @Test
    void an_upload_that_takes_too_long_in_all_is_given_up() {
        AtomicLong seconds = new AtomicLong(1_800_000_000);
        FileLimits limits = FileLimits.OFF.in(folder).with(1_000_000, 1L << 30, 1L << 30); // 75 s
        BatchOptions batches =
                new BatchOptions(limits, BatchFixture.LIMITS, () -> Instant.ofEpochSecond(seconds.get()));
        try (BatchFixture server = BatchFixture.of(folder, worker(), options -> options.withBatches(batches))) {
            try (RawSocket client = new RawSocket(server.server.node.port())) {
                client.say("POST /v1/files HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\ncontent-type:"
                        + " multipart/form-data; boundary=----a-boundary\r\n\r\n"
                        + form("batch", LINE.repeat(100)).replace("--\r\n", ""));
                ServerFixture.await(() -> bytes("uploads") > 0);
                seconds.addAndGet(76);
                client.say("x");
                ServerFixture.await(() -> names("uploads") == 0);
                client.say("x");
                client.until("HTTP/1.1 408");
                client.until("\"code\":\"request_timeout\"");
            }
            server.upload(LINE);
        }
    }

    private long bytes(String part) {
        try (Stream<Path> names = Files.list(folder.resolve(part))) {
            return names.mapToLong(name -> name.toFile().length()).sum();
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    private long names(String part) {
        try (Stream<Path> names = Files.list(folder.resolve(part))) {
            return names.count();
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    @Test
    void one_key_never_meets_anothers_files() {
        try (BatchFixture open =
                BatchFixture.of(folder, worker(), options -> options.withApiKeys(List.of("first", "second")))) {
            BatchFixture first = open.as("first");
            BatchFixture second = open.as("second");
            String file = first.upload(LINE);
            assertThat(first.get("/v1/files/" + file).statusCode()).isEqualTo(200);
            assertThat(second.get("/v1/files/" + file).statusCode()).isEqualTo(404);
            assertThat(second.get("/v1/files/" + file + "/content").statusCode())
                    .isEqualTo(404);
            assertThat(second.delete("/v1/files/" + file).statusCode()).isEqualTo(404);
            assertThat(json(second.get("/v1/files")).path("data").size()).isZero();
            assertThat(second.tryCreate(file, "/v1/chat/completions", "").statusCode())
                    .isEqualTo(404);
            assertThat(open.get("/v1/files").statusCode()).isEqualTo(401);
            assertThat(open.uploadForm(form("batch", LINE)).statusCode()).isEqualTo(401);
        }
    }

    @Test
    void without_a_folder_the_flag_is_named() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            assertThat(server.get("/v1/files").statusCode()).isEqualTo(404);
            assertThat(error(server.get("/v1/files"), "message")).contains("--files-dir");
            assertThat(error(server.post("/v1/batches", "{}"), "message")).contains("--files-dir");
            HttpResponse<String> upload = server.send(HttpRequest.newBuilder(server.uri("/v1/files"))
                    .header("content-type", "multipart/form-data; boundary=----a-boundary")
                    .POST(BodyPublishers.ofString(form("batch", LINE))));
            assertThat(error(upload, "message")).contains("--files-dir");
        }
    }

    @Test
    void a_second_server_on_the_folder_does_not_start() {
        try (BatchFixture first = server()) {
            assertThat(first.get("/v1/files").statusCode()).isEqualTo(200);
            assertThatThrownBy(this::server)
                    .isInstanceOf(JynamoException.class)
                    .hasMessageContaining("in use by another process");
        }
    }
}
