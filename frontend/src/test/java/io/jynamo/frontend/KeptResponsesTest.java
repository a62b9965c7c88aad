package io.jynamo.frontend;

import static io.jynamo.frontend.ResponsesFixture.CALL;
import static io.jynamo.frontend.ResponsesFixture.PATH;
import static io.jynamo.frontend.ResponsesFixture.TOOLS;
import static io.jynamo.frontend.ResponsesFixture.ask;
import static io.jynamo.frontend.ResponsesFixture.made;
import static io.jynamo.frontend.ResponsesFixture.prompts;
import static io.jynamo.frontend.ResponsesFixture.saying;
import static io.jynamo.frontend.ServerFixture.JSON;
import static io.jynamo.frontend.ServerFixture.error;
import static io.jynamo.frontend.ServerFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.responses.ResponseLimits;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Responses that are kept: read, gone on from, forgotten, and nobody else's. */
class KeptResponsesTest {
    private static String id(JsonNode response) {
        return response.path("id").asString("");
    }

    private static HttpResponse<String> delete(ServerFixture server, String path) {
        return server.send(server.request(path).DELETE());
    }

    @Test
    void a_response_is_read_as_it_was_told_and_then_forgotten() {
        try (ServerFixture server = saying("Hello.")) {
            JsonNode response = made(server, "'input':'hi'");
            assertThat(response.path("store").asBoolean()).isTrue();
            String path = PATH + "/" + id(response);
            assertThat(json(server.get(path))).isEqualTo(response);
            HttpResponse<String> deleted = delete(server, path);
            assertThat(deleted.statusCode()).isEqualTo(200);
            assertThat(json(deleted).path("deleted").asBoolean()).isTrue();
            assertThat(server.get(path).statusCode()).isEqualTo(404);
            assertThat(error(server.get(path), "code")).isEqualTo("not_found");
            assertThat(error(server.get(path), "message"))
                    .contains(id(response))
                    .contains("made room for others");
            assertThat(delete(server, path).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void a_streamed_response_is_kept_as_its_last_event_says() {
        try (ServerFixture server = saying("Hello.")) {
            String stream = ask(server, "'input':'hi','stream':true").body();
            JsonNode whole = ResponsesFixture.events(stream).getLast().path("response");
            assertThat(json(server.get(PATH + "/" + id(whole)))).isEqualTo(whole);
        }
    }

    @Test
    void a_conversation_goes_on_with_the_output_of_its_calls() {
        AtomicInteger turn = new AtomicInteger();
        List<String> says = List.of("<think>Hm.</think>One moment. " + CALL, "Sunny.", "Bye.");
        try (ServerFixture server = ResponsesFixture.of(
                request -> ScriptedWorker.Script.text(says.get(turn.getAndIncrement())), options -> options)) {
            JsonNode first = made(server, "'input':'Weather?','instructions':'Be brief.'," + TOOLS);
            String call = first.at("/output/2/call_id").asString("");
            JsonNode second = made(
                    server,
                    "'previous_response_id':'" + id(first) + "'," + TOOLS
                            + ",'input':[{'type':'function_call_output','call_id':'" + call + "','output':'18 C'}]");
            JsonNode third = made(server, "'previous_response_id':'" + id(second) + "','input':'Thanks.'");
            assertThat(second.path("previous_response_id").asString("")).isEqualTo(id(first));
            assertThat(prompts(server).get(1))
                    .startsWith("user:Weather?\nassistant[Hm.]:One moment. <weather>\ntool:18 C\n");
            assertThat(prompts(server).get(2))
                    .isEqualTo("user:Weather?\nassistant[Hm.]:One moment. <weather>\ntool:18 C\nassistant:Sunny.\n"
                            + "user:Thanks.\nassistant:");
            assertThat(third.at("/output/0/content/0/text").asString("")).isEqualTo("Bye.");
            delete(server, PATH + "/" + id(first));
            HttpResponse<String> broken = ask(server, "'previous_response_id':'" + id(third) + "','input':'So?'");
            ResponsesTest.refused(broken, "not_found", "previous_response_id");
            assertThat(error(broken, "message")).contains("went on from");
        }
    }

    @Test
    void items_are_named_by_their_ids() {
        try (ServerFixture server = saying("Hello.")) {
            JsonNode first = made(server, "'input':'hi'");
            String said = first.at("/output/0/id").asString("");
            String given = json(server.get(PATH + "/" + id(first) + "/input_items"))
                    .at("/data/0/id")
                    .asString("");
            made(
                    server,
                    "'input':[{'type':'item_reference','id':'" + given + "'},{'id':'" + said
                            + "'},{'role':'user','content':'again'}]");
            assertThat(prompts(server).getLast()).isEqualTo("user:hi\nassistant:Hello.\nuser:again\nassistant:");
        }
    }

    @Test
    void input_items_come_in_pages() {
        try (ServerFixture server = saying("x")) {
            JsonNode response = made(
                    server,
                    "'input':[{'role':'user','content':'a'},{'role':'assistant','content':'b'},{'role':'user','content':'c'}]");
            String path = PATH + "/" + id(response) + "/input_items";
            JsonNode all = json(server.get(path));
            assertThat(all.path("object").asString("")).isEqualTo("list");
            assertThat(texts(all)).containsExactly("c", "b", "a");
            assertThat(all.at("/data/1/content/0/type").asString("")).isEqualTo("output_text");
            assertThat(all.path("has_more").asBoolean()).isFalse();
            JsonNode first = json(server.get(path + "?order=asc&limit=2"));
            assertThat(texts(first)).containsExactly("a", "b");
            assertThat(first.path("has_more").asBoolean()).isTrue();
            assertThat(first.path("last_id")).isEqualTo(first.at("/data/1/id"));
            JsonNode rest = json(server.get(
                    path + "?order=asc&limit=2&after=" + first.path("last_id").asString("")));
            assertThat(texts(rest)).containsExactly("c");
            assertThat(error(server.get(path + "?limit=0"), "param")).isEqualTo("limit");
            assertThat(error(server.get(path + "?order=up"), "param")).isEqualTo("order");
            assertThat(error(server.get(path + "?after=none"), "param")).isEqualTo("after");
        }
    }

    private static List<String> texts(JsonNode page) {
        return page.path("data")
                .valueStream()
                .map(item -> item.at("/content/0/text").asString(""))
                .toList();
    }

    @Test
    void one_key_never_reads_what_is_anothers() {
        try (ServerFixture server = ResponsesFixture.of(
                request -> ScriptedWorker.Script.text("secret"),
                options -> options.withApiKeys(List.of("first", "second")))) {
            String body = "{\"model\":\"org/caller\",\"input\":\"hi\"}";
            JsonNode mine = JSON.readTree(server.send(server.request(PATH)
                            .header("authorization", "Bearer first")
                            .POST(BodyPublishers.ofString(body)))
                    .body());
            String path = PATH + "/" + id(mine);
            assertThat(get(server, path, "first")).isEqualTo(200);
            assertThat(get(server, path, "second")).isEqualTo(404);
            assertThat(get(server, path + "/input_items", "second")).isEqualTo(404);
            String goingOn = body.replace("}", ",\"previous_response_id\":\"" + id(mine) + "\"}");
            HttpResponse<String> stolen = server.send(server.request(PATH)
                    .header("authorization", "Bearer second")
                    .POST(BodyPublishers.ofString(goingOn)));
            ResponsesTest.refused(stolen, "not_found", "previous_response_id");
            assertThat(server.send(server.request(path)
                                    .header("authorization", "Bearer second")
                                    .DELETE())
                            .statusCode())
                    .isEqualTo(404);
            assertThat(get(server, path, "first")).isEqualTo(200);
        }
    }

    private static int get(ServerFixture server, String path, String key) {
        return server.send(server.request(path)
                        .header("authorization", "Bearer " + key)
                        .GET())
                .statusCode();
    }

    @Test
    void nothing_is_kept_where_the_client_or_the_server_will_not() {
        try (ServerFixture server = saying("x")) {
            JsonNode response = made(server, "'input':'hi','store':false");
            assertThat(response.path("store").asBoolean()).isFalse();
            assertThat(server.get(PATH + "/" + id(response)).statusCode()).isEqualTo(404);
        }
        try (ServerFixture server = ResponsesFixture.of(
                request -> ScriptedWorker.Script.text("x"),
                options -> options.withResponses(new ResponseLimits(0, 10, Duration.ofHours(1))))) {
            JsonNode response = made(server, "'input':'hi','store':true");
            assertThat(response.path("store").asBoolean()).isFalse();
            assertThat(error(server.get(PATH + "/" + id(response)), "message")).contains("keeps no responses");
            ResponsesTest.refused(
                    ask(server, "'input':'hi','previous_response_id':'" + id(response) + "'"),
                    "unsupported_parameter",
                    "previous_response_id");
        }
    }

    @Test
    void newer_responses_take_the_room_of_older_ones() {
        try (ServerFixture server = ResponsesFixture.of(
                request -> ScriptedWorker.Script.text("x".repeat(1_000)),
                options -> options.withResponses(new ResponseLimits(8_000, 10, Duration.ofHours(1))))) {
            String oldest = id(made(server, "'input':'hi'"));
            for (int i = 0; i < 4; i++) {
                made(server, "'input':'hi'");
            }
            assertThat(server.get(PATH + "/" + oldest).statusCode()).isEqualTo(404);
            String page = new String(server.node.metrics().page(), java.nio.charset.StandardCharsets.UTF_8);
            String bytes = page.lines()
                    .filter(line -> line.startsWith("dynamo_frontend_kept_response_bytes "))
                    .findFirst()
                    .orElseThrow();
            assertThat(Double.parseDouble(bytes.substring(bytes.indexOf(' ')))).isBetween(1_000d, 8_000d);
            JsonNode large = made(server, "'input':'" + "y".repeat(3_000) + "'");
            assertThat(large.path("store").asBoolean()).isTrue();
        }
        try (ServerFixture server = ResponsesFixture.of(
                request -> ScriptedWorker.Script.text("x"),
                options -> options.withResponses(new ResponseLimits(1_000, 10, Duration.ofHours(1))))) {
            assertThat(made(server, "'input':'hi'").path("store").asBoolean()).isFalse();
        }
    }

    @Test
    void what_kept_responses_cannot_do_is_refused_by_name() {
        try (ServerFixture server = saying("x")) {
            String path = PATH + "/" + id(made(server, "'input':'hi'"));
            HttpResponse<String> cancel = server.send(java.net.http.HttpRequest.newBuilder(server.uri(path + "/cancel"))
                    .POST(BodyPublishers.noBody()));
            ResponsesTest.refused(cancel, "unsupported_parameter", "background");
            ResponsesTest.refused(server.get(path + "?stream=true"), "unsupported_parameter", "stream");
            assertThat(error(server.post(path + "/other", "{}"), "code")).isEqualTo("route_not_found");
            try (RawSocket client = new RawSocket(server.node.port())) {
                client.say("GET " + path + "/input_items?limit=%zz HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertThat(client.until("\r\n\r\n")).startsWith("HTTP/1.1 400");
            }
        }
    }
}
