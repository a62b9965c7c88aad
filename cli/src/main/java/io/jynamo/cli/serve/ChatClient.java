package io.jynamo.cli.serve;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** A client of an OpenAI-compatible server: which model it has, and one streamed chat. */
final class ChatClient {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
    private static final Duration ANSWER_LIMIT = Duration.ofMinutes(30);
    private static final String DATA = "data:";
    private static final ObjectMapper JSON = JsonMapper.shared();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_LIMIT)
            .build();
    private final URI server;
    private final @Nullable String apiKey;

    ChatClient(URI server, @Nullable String apiKey) {
        this.server = server;
        this.apiKey = apiKey;
    }

    static JynamoException unreachable(URI server) {
        return new JynamoException(
                ErrorCode.WORKER_LOST,
                "no server answers at " + server + "; start one with jynamo serve, or leave --url out");
    }

    /** Whether something accepts connections there. */
    boolean isThere() throws IOException, InterruptedException {
        try {
            http.send(request("/live").GET().build(), BodyHandlers.discarding());
            return true;
        } catch (ConnectException | HttpConnectTimeoutException e) {
            return false;
        }
    }

    /** The id of the first model the server lists. */
    String firstModel() throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request("/v1/models").GET().build(), BodyHandlers.ofString());
        requireOk(response.statusCode(), response.body());
        String id = read(response.body()).path("data").path(0).path("id").asString("");
        if (id.isEmpty()) {
            throw new JynamoException(ErrorCode.NOT_READY, server + " serves no model yet; try again, or name one");
        }
        return id;
    }

    /** Streams one answer; {@code text} gets each piece as it arrives. */
    void chat(Map<String, Object> body, Consumer<String> text) throws IOException, InterruptedException {
        HttpRequest request = request("/v1/chat/completions")
                .header("Content-Type", "application/json")
                .timeout(ANSWER_LIMIT)
                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build();
        HttpResponse<Stream<String>> response = http.send(request, BodyHandlers.ofLines());
        try (Stream<String> lines = response.body()) {
            if (response.statusCode() != 200) {
                requireOk(
                        response.statusCode(),
                        String.join("\n", lines.limit(1000).toList()));
            }
            lines.filter(line -> line.startsWith(DATA))
                    .map(line -> line.substring(DATA.length()).strip())
                    .takeWhile(data -> !data.equals("[DONE]"))
                    .forEach(data -> text.accept(piece(data)));
        }
    }

    private static String piece(String data) {
        JsonNode chunk = read(data);
        if (chunk.has("error")) {
            throw refused(0, chunk.path("error"));
        }
        return chunk.path("choices").path(0).path("delta").path("content").asString("");
    }

    private static void requireOk(int status, String body) {
        if (status == 200) {
            return;
        }
        JsonNode error;
        try {
            error = read(body).path("error");
        } catch (JynamoException notOurs) {
            throw new ServerRefusal("the server answered HTTP " + status + " without an error in JSON", notOurs);
        }
        throw refused(status, error);
    }

    private static ServerRefusal refused(int status, JsonNode error) {
        String code = error.path("code").asString("");
        return new ServerRefusal(
                "the server answered" + (status == 0 ? "" : " HTTP " + status) + (code.isEmpty() ? "" : ", " + code)
                        + ": " + error.path("message").asString("(no message)"),
                null);
    }

    private static JsonNode read(String text) {
        try {
            return JSON.readTree(text);
        } catch (JacksonException e) {
            throw new JynamoException(
                    ErrorCode.INVALID_JSON,
                    "what answers is no OpenAI-compatible server: " + e.getOriginalMessage(),
                    e);
        }
    }

    private HttpRequest.Builder request(String path) {
        var builder = HttpRequest.newBuilder(server.resolve(path)).timeout(Duration.ofSeconds(30));
        if (apiKey != null) {
            builder.header("Authorization", "Bearer " + apiKey);
        }
        return builder;
    }
}
