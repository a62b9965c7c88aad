package io.jynamo.bench.fleet;

import io.jynamo.bench.process.Child;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** What servers answer to plain questions. */
final class Pages {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final ObjectMapper JSON = new ObjectMapper();

    private Pages() {}

    static String text(URI page) {
        return send(HttpRequest.newBuilder(page));
    }

    static JsonNode json(URI page) {
        return JSON.readTree(text(page));
    }

    static String post(URI page, String body) {
        return send(HttpRequest.newBuilder(page)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static String send(HttpRequest.Builder request) {
        try {
            return CLIENT.send(request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw Child.failed("no answer: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Child.failed("interrupted");
        }
    }
}
