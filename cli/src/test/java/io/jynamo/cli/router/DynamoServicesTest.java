package io.jynamo.cli.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.routing.RouterServiceNode;
import io.jynamo.frontend.routing.RouterServiceOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What Dynamo's services answered is what ours answer, word for word but for what errors say. */
class DynamoServicesTest {
    private final Map<String, Publisher> publishers = new HashMap<>();

    @ParameterizedTest
    @ValueSource(strings = {"indexer", "slots", "selection"})
    void answers_as_dynamo_did(String service) throws Exception {
        try (RouterServiceNode node =
                RouterServiceNode.start(RouterServiceOptions.on(0), HeardEngine::open, ZmqReplicas::open)) {
            ServiceClient client = new ServiceClient(node.url() + "/" + service);
            boolean published = false;
            for (JsonNode step : steps(service)) {
                if (step.has("publisher")) {
                    publish(step);
                    published = true;
                } else {
                    check(client, step, published);
                    published = false;
                }
            }
        } finally {
            publishers.values().forEach(Publisher::close);
        }
    }

    private static JsonNode steps(String service) throws IOException {
        try (InputStream in = DynamoServicesTest.class.getResourceAsStream("/dynamo-services/" + service + ".json")) {
            return JsonMapper.shared()
                    .readTree(new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private void publish(JsonNode step) throws InterruptedException {
        List<@Nullable Object> events = new ArrayList<>();
        step.path("events").forEach(event -> events.add(plain(event)));
        publisher(step.path("publisher").asString())
                .send(step.path("rank").asInt(), events, step.path("lost").asBoolean());
    }

    private Publisher publisher(String name) {
        return publishers.computeIfAbsent(name, made -> {
            try {
                return new Publisher(0, 0);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        });
    }

    private static @Nullable Object plain(JsonNode node) {
        if (node.isArray()) {
            List<@Nullable Object> list = new ArrayList<>();
            node.forEach(each -> list.add(plain(each)));
            return list;
        }
        return node.isNull() ? null : node.isString() ? node.asString() : (Object) node.asLong();
    }

    /** @param published whether events may still be on their way */
    private void check(ServiceClient client, JsonNode step, boolean published) {
        String method = step.path("method").asString();
        String path = step.path("path").asString();
        JsonNode asked = step.path("body");
        String body = asked.isNull() ? null : filled(asked.toString());
        Object wanted = comparable(ServiceClient.json(filled(step.path("answer").toString())));
        int status = step.path("status").asInt();
        if (published) {
            ServiceClient.await(
                    step.toString(),
                    () -> comparable(client.send(method, path, body).json()).equals(wanted));
        }
        ServiceClient.Reply reply = client.send(method, path, body);
        assertThat(reply.status()).as("%s%n%s", step, reply.text()).isEqualTo(status);
        boolean refused = status >= 400
                && (step.path("answer").isNull() || step.path("answer").has("error"));
        if (!refused && !step.path("answer").isNull()) { // where Dynamo says nothing, ours says that all is well
            assertThat(comparable(reply.json())).as(step.toString()).isEqualTo(wanted);
        }
        if (refused) {
            assertThat(reply.json().path("error").asString("")).as(reply.text()).isNotEmpty();
            assertThat(reply.json().path("code").asString("")).as(reply.text()).isNotEmpty();
        }
    }

    /** The addresses of publishers in place of their names. */
    private String filled(String text) {
        String filled = text;
        for (String name : List.of("a", "b", "c", "d")) {
            if (filled.contains("${" + name + "}") || filled.contains("${" + name + ".replay}")) {
                Publisher publisher = publisher(name);
                filled = filled.replace("${" + name + "}", publisher.endpoint())
                        .replace("${" + name + ".replay}", publisher.replay());
            }
        }
        return filled;
    }

    /** Dynamo keeps neither members nor elements in an order, and words reasons its own way. */
    private static Object comparable(JsonNode node) {
        if (node.isArray()) {
            List<Object> elements = new ArrayList<>();
            node.forEach(each -> elements.add(comparable(each)));
            elements.sort((a, b) -> a.toString().compareTo(b.toString()));
            return elements;
        }
        if (node.isObject()) {
            Map<String, Object> members = new LinkedHashMap<>();
            node.propertyNames().stream()
                    .sorted()
                    .forEach(name -> members.put(
                            name, name.equals("not_schedulable_reasons") ? "reasons" : comparable(node.path(name))));
            return members;
        }
        return node.toString();
    }
}
