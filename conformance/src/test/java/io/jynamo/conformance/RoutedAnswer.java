package io.jynamo.conformance;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * The answer to one streamed request, what the router said the chosen worker had cached, and what it had.
 *
 * @param ending how it went
 * @param text of a complete answer; otherwise what went wrong
 * @param promptTokens counted by the server
 * @param predictedTokens of the prompt, cached on the chosen worker as far as the router knew
 * @param cachedTokens of the prompt, cached as the engine says
 * @param endNanos when it had ended, of {@link System#nanoTime}
 */
record RoutedAnswer(
        PrefixLoad.Node node,
        Ending ending,
        String text,
        int promptTokens,
        int predictedTokens,
        int cachedTokens,
        long endNanos) {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int BLOCK_TOKENS = 16;
    private static final String DATA = "data: ";

    /** How a request went. */
    enum Ending {
        COMPLETE,
        /** The connection broke or there was nobody to ask: the client knows that it has no answer. */
        CUT,
        /** An error, or a stream that ended without a word. */
        FAILED
    }

    /** Asks and reads the stream to its end, whatever that is. */
    static RoutedAnswer ask(URI frontend, PrefixLoad load, PrefixLoad.Node node) {
        try {
            HttpResponse<String> response = Http.CLIENT.send(
                    Http.request(frontend.resolve("/v1/chat/completions"), load.body(node))
                            .header("x-jynamo-explain", "true")
                            .timeout(LIMIT)
                            .build(),
                    BodyHandlers.ofString());
            return read(node, response);
        } catch (IOException broken) {
            return without(node, Ending.CUT, String.valueOf(broken));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private static RoutedAnswer read(PrefixLoad.Node node, HttpResponse<String> response) {
        List<JsonNode> chunks = new ArrayList<>();
        boolean done = false;
        boolean failed = response.statusCode() != 200;
        for (String line : response.body().lines().toList()) {
            if (line.equals(DATA + "[DONE]")) {
                done = true;
            } else if (line.startsWith(DATA)) {
                JsonNode chunk = Http.parse(line.substring(DATA.length()));
                failed |= chunk.has("error");
                chunks.add(chunk);
            }
        }
        if (failed || !done) {
            return without(node, Ending.FAILED, response.statusCode() + " " + response.body());
        }
        JsonNode usage = chunks.getLast().path("usage");
        return new RoutedAnswer(
                node,
                Ending.COMPLETE,
                Http.content(chunks),
                usage.path("prompt_tokens").asInt(),
                predicted(response),
                usage.path("prompt_tokens_details").path("cached_tokens").asInt(),
                System.nanoTime());
    }

    /** The chosen worker is the first of the candidates told. */
    private static int predicted(HttpResponse<String> response) {
        JsonNode route = Http.parse(
                        response.headers().firstValue("x-jynamo-route").orElse(""))
                .path(0);
        JsonNode chosen = route.path("candidates").path(0);
        if (!chosen.path("worker").equals(route.path("worker")) || !chosen.has("cached_blocks")) {
            throw new AssertionError("a route that does not tell its worker's cached blocks: " + route);
        }
        return chosen.path("cached_blocks").asInt() * BLOCK_TOKENS;
    }

    private static RoutedAnswer without(PrefixLoad.Node node, Ending ending, String why) {
        return new RoutedAnswer(node, ending, why, 0, 0, 0, System.nanoTime());
    }
}
