package io.jynamo.cli.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of the router service. */
record ServiceClient(String url) {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** An answer; its JSON is missing where it has none. */
    record Reply(int status, JsonNode json, String text) {
        Reply expect(int wanted) {
            assertThat(status).as(text).isEqualTo(wanted);
            return this;
        }
    }

    static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.isEmpty() ? "null" : text);
    }

    Reply get(String path) {
        return send("GET", path, null);
    }

    /** @param body JSON whose strings may stand in single quotes */
    Reply post(String path, String body) {
        return send("POST", path, body.replace('\'', '"'));
    }

    Reply post(String path) {
        return send("POST", path, null);
    }

    Reply send(String method, String path, @Nullable String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(LIMIT)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (body != null) {
            request.header("content-type", "application/json");
        }
        try {
            var response = CLIENT.send(request.build(), BodyHandlers.ofString());
            String text = response.body();
            boolean isJson =
                    response.headers().firstValue("content-type").orElse("").startsWith("application/json");
            return new Reply(response.statusCode(), json(isJson ? text : ""), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting for " + what).isLessThan(deadline);
            LockSupport.parkNanos(2_000_000);
        }
    }
}
