package io.jynamo.engine.attached;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a real engine answered to the requests of a suite: taken down while the suite runs against it through
 * {@link #recorder}, given again by {@link #player}. A file has one answer a line, in the order they came; the same question
 * asked again gets the next of its answers, the last one for ever.
 */
public final class Recording {
    private static final JsonMapper JSON = new JsonMapper();
    private final Map<String, List<Answer>> answers = new HashMap<>();
    private final Map<String, Integer> given = new HashMap<>();

    private record Answer(String method, String path, String body, int status, String type, String text, boolean cut) {
        String key() {
            return method + " " + path + " " + body;
        }
    }

    /** Reads what was recorded of an engine. */
    public static Recording load(String engine) throws IOException {
        Recording recording = new Recording();
        try (InputStream in = Recording.class.getResourceAsStream("/recorded/" + engine + ".jsonl")) {
            if (in == null) {
                throw new IOException("nothing is recorded of " + engine);
            }
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .strip()
                    .split("\n", -1)) {
                JsonNode one = JSON.readTree(line);
                recording.add(new Answer(
                        one.path("method").stringValue(),
                        one.path("path").stringValue(),
                        one.path("body").stringValue(),
                        one.path("status").intValue(),
                        one.path("type").stringValue(),
                        one.path("text").stringValue(),
                        one.path("cut").booleanValue()));
            }
        }
        return recording;
    }

    /** A server that gives the recorded answers. */
    public FakeServer player() {
        return new FakeServer((call, reply) -> {
            Answer answer = next(call);
            if (answer == null) {
                reply.whole(
                        500, "text/plain", "not recorded: " + call.method() + " " + call.path() + " " + call.body());
            } else if (answer.type().startsWith("text/event-stream")) {
                reply.begin(answer.status(), answer.type());
                for (String event : answer.text().split("(?<=\n\n)", -1)) {
                    if (!event.isEmpty()) {
                        reply.piece(event);
                    }
                }
                if (answer.cut()) {
                    reply.hang();
                } else {
                    reply.end();
                }
            } else {
                reply.whole(answer.status(), answer.type(), answer.text());
            }
        });
    }

    /** A server that passes everything on to {@code engine} and takes down its answers. */
    public FakeServer recorder(URI engine) {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .proxy(HttpClient.Builder.NO_PROXY)
                .build();
        return new FakeServer((call, reply) -> pass(client, engine, call, reply));
    }

    /** Writes what was recorded, machine's paths left out. */
    public synchronized void save(String engine) throws IOException {
        Path file = Path.of(System.getProperty("jynamo.root"), "engine", "src", "test", "resources", "recorded")
                .resolve(engine + ".jsonl");
        Files.createDirectories(file.getParent());
        StringBuilder text = new StringBuilder();
        for (List<Answer> all : answers.values().stream()
                .sorted(Comparator.comparing(a -> a.getFirst().key()))
                .toList()) {
            @Nullable Answer last = null;
            for (Answer answer : all) {
                if (last == null || !withoutTimes(answer.text()).equals(withoutTimes(last.text()))) {
                    text.append(JSON.writeValueAsString(node(answer))).append('\n');
                }
                last = answer;
            }
        }
        Files.writeString(file, text.toString().replace(System.getProperty("user.home"), "/home/somebody"));
    }

    private static String withoutTimes(String text) {
        return text.replaceAll("\"(id|created|[a-z_]*(_ms|_second|_ts|_time|latency|throughput))\":[^,}]*", "");
    }

    private static ObjectNode node(Answer answer) {
        return JSON.createObjectNode()
                .put("method", answer.method())
                .put("path", answer.path())
                .put("body", answer.body())
                .put("status", answer.status())
                .put("type", answer.type())
                .put("text", answer.text())
                .put("cut", answer.cut());
    }

    private synchronized void add(Answer answer) {
        List<Answer> known = answers.computeIfAbsent(answer.key(), k -> new ArrayList<>());
        if (!answer.method().equals("GET") || known.isEmpty()) {
            known.add(answer);
        }
    }

    private synchronized @Nullable Answer next(FakeServer.Call call) {
        String key = call.method() + " " + call.path() + " " + call.body();
        List<Answer> known = answers.get(key);
        int index = given.merge(key, 1, Integer::sum) - 1;
        return known == null ? null : known.get(Math.min(index, known.size() - 1));
    }

    private void pass(HttpClient client, URI engine, FakeServer.Call call, FakeServer.Reply reply) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(engine.resolve(call.path()))
                .header("Content-Type", "application/json")
                .method(call.method(), HttpRequest.BodyPublishers.ofString(call.body()))
                .build();
        StringBuilder text = new StringBuilder();
        boolean whole = false;
        int status = 0;
        String type = "";
        try {
            HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            status = response.statusCode();
            type = response.headers().firstValue("content-type").orElse("text/plain");
            try (InputStream body = response.body()) {
                if (type.startsWith("text/event-stream")) {
                    reply.begin(status, type);
                    byte[] buffer = new byte[65536];
                    for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
                        text.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
                        reply.piece(Arrays.copyOf(buffer, count));
                    }
                    reply.end();
                } else {
                    text.append(new String(body.readAllBytes(), StandardCharsets.ISO_8859_1));
                    reply.whole(status, type, utf8(text));
                }
                whole = true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (status == 0) {
                reply.cut();
            } else {
                add(new Answer(call.method(), call.path(), call.body(), status, type, utf8(text), !whole));
                if (!whole) {
                    reply.cut();
                }
            }
        }
    }

    private static String utf8(StringBuilder latin) {
        return new String(latin.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
