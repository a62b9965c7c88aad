package io.jynamo.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Plain HTTP requests with JSON bodies, and what comes back. */
final class Http {
    static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String DATA = "data: ";

    private Http() {}

    /** A response whose body is JSON (or, for a stream, text). */
    record Reply(int status, java.net.http.HttpHeaders headers, String text) {
        JsonNode json() {
            return parse(text);
        }

        JsonNode error() {
            return json().path("error");
        }
    }

    static JsonNode parse(String text) {
        return JsonMapper.shared().readTree(text);
    }

    static Reply get(URI uri) {
        return send(HttpRequest.newBuilder(uri).GET());
    }

    static Reply post(URI uri, String body) {
        return send(request(uri, body));
    }

    static HttpRequest.Builder request(URI uri, String body) {
        return HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    static Reply send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = CLIENT.send(request.timeout(LIMIT).build(), BodyHandlers.ofString());
            return new Reply(response.statusCode(), response.headers(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** The lines of a stream as they arrive; closing it closes the connection. */
    static Stream<String> open(URI uri, String body) {
        try {
            HttpResponse<Stream<String>> response =
                    CLIENT.send(request(uri, body).timeout(LIMIT).build(), BodyHandlers.ofLines());
            if (response.statusCode() != 200) {
                throw new AssertionError("HTTP " + response.statusCode() + ": "
                        + String.join("\n", response.body().toList()));
            }
            return response.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** All chunks of a whole stream; fails unless it ends with [DONE]. */
    static List<JsonNode> stream(URI uri, String body) {
        List<JsonNode> chunks = new ArrayList<>();
        boolean done = false;
        try (Stream<String> lines = open(uri, body)) {
            for (String line : (Iterable<String>) lines::iterator) {
                if (done && !line.isEmpty()) {
                    throw new AssertionError("a line after [DONE]: " + line);
                }
                if (line.equals(DATA + "[DONE]")) {
                    done = true;
                } else if (line.startsWith(DATA)) {
                    chunks.add(parse(line.substring(DATA.length())));
                } else if (!line.isEmpty() && !line.startsWith(":")) {
                    throw new AssertionError("neither data nor a comment: " + line);
                }
            }
        }
        if (!done) {
            throw new AssertionError("the stream ended without [DONE] after " + chunks.size() + " chunks");
        }
        return chunks;
    }

    /** The text of a chat stream's first choice. */
    static String content(List<JsonNode> chunks) {
        var text = new StringBuilder();
        for (JsonNode chunk : chunks) {
            for (JsonNode choice : chunk.path("choices")) {
                if (choice.path("index").asInt() == 0) {
                    text.append(choice.path("delta").path("content").asString(""));
                }
            }
        }
        return text.toString();
    }
}
