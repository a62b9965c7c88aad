package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Answers held to a form whose worker is killed in the middle: a real model goes on in another process, in the same form, to the same end. Two streams
 * run at once, one with each worker, and both must say what one says alone.
 */
class HeldOutputSurvivalTest {
    private static final int BEFORE_THE_KILL = 12;
    private static final String MOVED = "dynamo_frontend_model_migration_total";

    private static final String SCHEMA = """
            {"type":"object","properties":{
              "title":{"type":"string","minLength":30,"maxLength":60},
              "rooms":{"type":"array","minItems":4,"maxItems":4,"items":{"type":"object","properties":{
                "name":{"enum":["kitchen","cellar","attic"]},"size":{"type":"integer","minimum":1,"maximum":99}},
                "required":["name","size"],"additionalProperties":false}},
              "end":{"const":"fin"}},
             "required":["title","rooms","end"],"additionalProperties":false}""";

    private static final String HELD = """
            "response_format":{"type":"json_schema","json_schema":{"name":"house","strict":true,"schema":%s}}""".formatted(SCHEMA);

    private static final String CALL = """
            "tool_choice":"required","parallel_tool_calls":false,
            "tools":[{"type":"function","function":{"name":"build","parameters":%s}}]""".formatted(SCHEMA);

    private static TestFleet fleet;
    private static FleetProcess frontend;
    private static Path model;
    private static int workers;

    @BeforeAll
    static void startFleet() {
        SmallModel.assumeHere();
        model = RealModelTest.find().orElseThrow();
        fleet = new TestFleet();
        frontend = fleet.frontend("--router-mode", "round-robin", "--tool-call-parser", "hermes");
        worker();
    }

    @AfterAll
    static void stopFleet() {
        if (fleet != null) {
            fleet.close();
        }
    }

    private static FleetProcess worker() {
        FleetProcess worker = fleet.embedded(model, SmallModel.NAME, "--max-model-len", "2048", "--threads", "1");
        TestFleet.awaitWorkers(frontend, ++workers);
        TestFleet.awaitModel(frontend, SmallModel.NAME);
        return worker;
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"temperature\":0", "\"temperature\":1.2,\"seed\":7"})
    void a_document_of_a_schema_is_whole_and_the_same(String drawn) throws Exception {
        Answer undisturbed = alone(request(HELD, drawn));
        assertHouse(undisturbed.content());
        assertThat(undisturbed.finish()).isEqualTo("stop");
        assertThat(ofTwoWhoseOneIsKilled(request(HELD, drawn))).containsOnly(undisturbed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"temperature\":0", "\"temperature\":1.2,\"seed\":8"})
    void a_forced_call_is_whole_and_the_same(String drawn) throws Exception {
        Answer undisturbed = alone(request(CALL, drawn));
        assertThat(undisturbed.content()).isEmpty();
        assertThat(undisturbed.called()).isEqualTo("build");
        assertHouse(undisturbed.arguments());
        assertThat(undisturbed.finish()).isEqualTo("tool_calls");
        assertThat(ofTwoWhoseOneIsKilled(request(CALL, drawn))).containsOnly(undisturbed);
    }

    private static Answer alone(String request) {
        return Answer.read(request, new CountDownLatch(1), new CountDownLatch(0));
    }

    /** Both are in the middle when one's worker dies: neither reads on before. */
    private static List<Answer> ofTwoWhoseOneIsKilled(String request) throws InterruptedException, ExecutionException {
        double moved = Metrics.sum(frontend.at("/metrics"), MOVED);
        CountDownLatch inTheMiddle = new CountDownLatch(2);
        CountDownLatch killed = new CountDownLatch(1);
        List<Answer> answers = new ArrayList<>();
        try (FleetProcess victim = worker();
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer>> running = Stream.of(request, request)
                    .map(one -> clients.submit(() -> Answer.read(one, inTheMiddle, killed)))
                    .toList();
            inTheMiddle.await();
            victim.signal("KILL");
            killed.countDown();
            for (Future<Answer> one : running) {
                answers.add(one.get());
            }
        }
        assertThat(Metrics.sum(frontend.at("/metrics"), MOVED) - moved)
                .as("streams that moved")
                .isEqualTo(1);
        return answers;
    }

    private static void assertHouse(String text) {
        JsonNode house = Http.parse(text);
        assertThat(house.propertyNames()).as(text).containsExactlyInAnyOrder("title", "rooms", "end");
        assertThat(house.path("title").asString("").length()).isBetween(30, 60);
        assertThat(house.path("rooms").size()).isEqualTo(4);
        for (JsonNode room : house.path("rooms")) {
            assertThat(room.path("name").asString("")).isIn("kitchen", "cellar", "attic");
            assertThat(room.path("size").asInt()).isBetween(1, 99);
        }
        assertThat(house.path("end").asString("")).isEqualTo("fin");
    }

    private static String request(String held, String drawn) {
        return """
                {"model":"%s","stream":true,"stream_options":{"include_usage":true},"max_completion_tokens":700,%s,%s,
                 "messages":[{"role":"user","content":"Describe a house."}]}""".formatted(SmallModel.NAME, drawn, held);
    }

    /** What one stream said. */
    private record Answer(String content, String called, String arguments, String finish, int tokens, boolean done) {
        /** Reads a stream, and waits in its middle. */
        static Answer read(String request, CountDownLatch inTheMiddle, CountDownLatch goOn) {
            var content = new StringBuilder();
            var called = new StringBuilder();
            var arguments = new StringBuilder();
            String finish = "";
            int tokens = 0;
            boolean done = false;
            int chunks = 0;
            try (Stream<String> lines = Http.open(frontend.at("/v1/chat/completions"), request)) {
                for (String line : (Iterable<String>) lines::iterator) {
                    if (!line.startsWith("data: ")) {
                        continue;
                    }
                    if (line.equals("data: [DONE]")) {
                        done = true;
                        continue;
                    }
                    JsonNode chunk = Http.parse(line.substring("data: ".length()));
                    assertThat(chunk.has("error")).as(line).isFalse();
                    JsonNode choice = chunk.at("/choices/0");
                    content.append(choice.at("/delta/content").asString(""));
                    called.append(choice.at("/delta/tool_calls/0/function/name").asString(""));
                    arguments.append(
                            choice.at("/delta/tool_calls/0/function/arguments").asString(""));
                    finish += choice.path("finish_reason").asString("");
                    tokens += chunk.at("/usage/completion_tokens").asInt(0);
                    if (++chunks == BEFORE_THE_KILL) {
                        inTheMiddle.countDown();
                        goOn.await();
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
            return new Answer(content.toString(), called.toString(), arguments.toString(), finish, tokens, done);
        }
    }
}
