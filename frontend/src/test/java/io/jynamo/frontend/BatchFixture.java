package io.jynamo.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.batch.BatchLimits;
import io.jynamo.frontend.batch.BatchOptions;
import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.files.FileLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/** A frontend with a folder for files and batches, and a client of both. */
final class BatchFixture implements AutoCloseable {
    static final BatchLimits LIMITS = BatchLimits.DEFAULT.withModelPatience(Duration.ZERO);
    private static final String BOUNDARY = "----a-boundary";

    final ServerFixture server;
    private final String key;

    private BatchFixture(ServerFixture server, String key) {
        this.server = server;
        this.key = key;
    }

    static BatchFixture of(Path folder, ScriptedWorker worker) {
        return of(folder, worker, options -> options);
    }

    static BatchFixture of(Path folder, ScriptedWorker worker, UnaryOperator<FrontendOptions> more) {
        return new BatchFixture(
                new ServerFixture(worker, options -> more.apply(options.withBatches(options(folder, LIMITS)))), "");
    }

    static BatchFixture of(ServerFixture server) {
        return new BatchFixture(server, "");
    }

    static BatchOptions options(Path folder, BatchLimits limits) {
        return new BatchOptions(FileLimits.OFF.in(folder), limits, InstantSource.system());
    }

    /** The same server as another key's client sees it. */
    BatchFixture as(String other) {
        return new BatchFixture(server, other);
    }

    static String chat(String id, String text) {
        return chat(id, text, "");
    }

    /** A line that asks for a chat, with further members in single quotes. */
    static String chat(String id, String text, String more) {
        return line(id, "/v1/chat/completions", ServerFixture.chat(text, more));
    }

    static String line(String id, String url, String body) {
        return ("{'custom_id':'" + id + "','method':'POST','url':'" + url + "','body':" + body + "}\n")
                .replace('\'', '"');
    }

    static String form(String purpose, String lines) {
        return "--" + BOUNDARY + "\r\ncontent-disposition: form-data; name=\"purpose\"\r\n\r\n" + purpose + "\r\n--"
                + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"in.jsonl\"\r\n"
                + "Content-Type: application/jsonl\r\n\r\n" + lines + "\r\n--" + BOUNDARY + "--\r\n";
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        return server.send(key.isEmpty() ? request : request.header("authorization", "Bearer " + key));
    }

    HttpResponse<String> uploadForm(String form) {
        return send(HttpRequest.newBuilder(server.uri("/v1/files"))
                .header("content-type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(BodyPublishers.ofString(form)));
    }

    /** Uploads lines and returns the file's id. */
    String upload(String lines) {
        HttpResponse<String> uploaded = uploadForm(form("batch", lines));
        assertThat(uploaded.statusCode()).as(uploaded.body()).isEqualTo(200);
        return ServerFixture.json(uploaded).path("id").asString("");
    }

    HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(server.uri(path)).GET());
    }

    HttpResponse<String> delete(String path) {
        return send(HttpRequest.newBuilder(server.uri(path)).DELETE());
    }

    HttpResponse<String> post(String path, String body) {
        return send(server.request(path).POST(BodyPublishers.ofString(body.replace('\'', '"'))));
    }

    HttpResponse<String> tryCreate(String file, String endpoint, String more) {
        return post(
                "/v1/batches",
                "{'input_file_id':'" + file + "','endpoint':'" + endpoint + "','completion_window':'24h'" + more + "}");
    }

    /** Begins a batch and returns its id. */
    String create(String file, String endpoint) {
        HttpResponse<String> made = tryCreate(file, endpoint, "");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
        return ServerFixture.json(made).path("id").asString("");
    }

    JsonNode batch(String id) {
        return ServerFixture.json(get("/v1/batches/" + id));
    }

    /** The batch, once it is over. */
    JsonNode ended(String id) {
        ServerFixture.await(() -> List.of("completed", "failed", "expired", "cancelled")
                .contains(batch(id).path("status").asString("")));
        return batch(id);
    }

    String content(String file) {
        HttpResponse<String> content = get("/v1/files/" + file + "/content");
        assertThat(content.statusCode()).isEqualTo(200);
        return content.body();
    }

    static List<JsonNode> lines(String content) {
        return content.lines().map(ServerFixture.JSON::readTree).toList();
    }

    @Override
    public void close() {
        server.close();
    }

    /** A client of a server in another process. */
    static final class Remote implements AutoCloseable {
        private final String url;
        private final HttpClient client = HttpClient.newHttpClient();

        Remote(String url) {
            this.url = url;
        }

        private JsonNode send(String path, HttpRequest.Builder request) {
            try {
                HttpResponse<String> answer =
                        client.send(request.uri(URI.create(url + path)).build(), HttpResponse.BodyHandlers.ofString());
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                return ServerFixture.json(answer);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            } catch (InterruptedException stopped) {
                throw new IllegalStateException(stopped);
            }
        }

        String upload(String lines) {
            return send(
                            "/v1/files",
                            HttpRequest.newBuilder()
                                    .header("content-type", "multipart/form-data; boundary=" + BOUNDARY)
                                    .POST(BodyPublishers.ofString(form("batch", lines))))
                    .path("id")
                    .asString("");
        }

        String create(String file, String endpoint) {
            String body = "{\"input_file_id\":\"" + file + "\",\"endpoint\":\"" + endpoint
                    + "\",\"completion_window\":\"24h\"}";
            return send(
                            "/v1/batches",
                            HttpRequest.newBuilder()
                                    .header("content-type", "application/json")
                                    .POST(BodyPublishers.ofString(body)))
                    .path("id")
                    .asString("");
        }

        int completed(String batch) {
            return send("/v1/batches/" + batch, HttpRequest.newBuilder().GET())
                    .at("/request_counts/completed")
                    .asInt();
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
