package io.jynamo.conformance;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * All that one client saw of one stream.
 *
 * @param texts by choice
 * @param logprobs tokens with their log probability, by choice
 * @param finishes by choice
 * @param usage the last chunk's without what was cached, or empty
 * @param errors bodies of error events
 * @param done whether it ended with [DONE]
 * @param longestGapMillis between two events
 */
record StreamRecord(
        Map<Integer, String> texts,
        Map<Integer, List<String>> logprobs,
        Map<Integer, String> finishes,
        String usage,
        List<String> errors,
        boolean done,
        long longestGapMillis) {

    /** Reads a stream to its end. */
    static StreamRecord read(URI uri, String body) {
        Map<Integer, StringBuilder> texts = new TreeMap<>();
        Map<Integer, List<String>> logprobs = new TreeMap<>();
        Map<Integer, String> finishes = new HashMap<>();
        List<String> errors = new ArrayList<>();
        String usage = "";
        boolean done = false;
        long longest = 0;
        long last = System.nanoTime();
        try (Stream<String> lines = Http.open(uri, body)) {
            for (String line : (Iterable<String>) lines::iterator) {
                if (!line.startsWith("data: ")) {
                    continue;
                }
                long now = System.nanoTime();
                longest = Math.max(longest, now - last);
                last = now;
                if (line.equals("data: [DONE]")) {
                    done = true;
                    continue;
                }
                JsonNode chunk = Http.parse(line.substring("data: ".length()));
                if (chunk.has("error")) {
                    errors.add(chunk.toString());
                }
                if (chunk.path("usage").isObject()) {
                    usage = "prompt "
                            + chunk.path("usage").path("prompt_tokens").asInt() + ", output "
                            + chunk.path("usage").path("completion_tokens").asInt();
                }
                for (JsonNode choice : chunk.path("choices")) {
                    int index = choice.path("index").asInt();
                    texts.computeIfAbsent(index, i -> new StringBuilder())
                            .append(choice.path("delta").path("content").asString(""));
                    for (JsonNode one : choice.path("logprobs").path("content")) {
                        logprobs.computeIfAbsent(index, i -> new ArrayList<>()).add(one.toString());
                    }
                    if (choice.path("finish_reason").isString()) {
                        finishes.put(index, choice.path("finish_reason").asString());
                    }
                }
            }
        }
        Map<Integer, String> whole = new TreeMap<>();
        texts.forEach((index, text) -> whole.put(index, text.toString()));
        return new StreamRecord(whole, logprobs, finishes, usage, errors, done, longest / 1_000_000);
    }

    /** What must be the same whatever happened on the way. */
    List<Object> content() {
        return List.of(texts, logprobs, finishes, usage, errors, done);
    }
}
