package io.jynamo.frontend;

import static io.jynamo.frontend.ServerFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.protocol.ErrorCode;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** What Anthropic's clients are told of what went wrong, wherever it did, and what they are told of models. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MessagesErrorsTest {
    private static final String MESSAGES = "/v1/messages";
    private static final String ASK =
            "{'model':'org/test-model','max_tokens':5,'messages':[{'role':'user','content':'hi'}]}";

    private static ServerFixture with(UnaryOperator<FrontendOptions> options) {
        return new ServerFixture(new ScriptedWorker(request -> ScriptedWorker.Script.text("x")), options);
    }

    private static void failed(HttpResponse<String> response, int status, String type) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        JsonNode body = json(response);
        assertThat(body.path("type").asString("")).isEqualTo("error");
        assertThat(body.at("/error/type").asString("")).isEqualTo(type);
        assertThat(body.at("/error/message").asString("")).isNotEmpty();
        assertThat(body.at("/error/code").asString("")).isNotEmpty();
        String id = body.path("request_id").asString("");
        assertThat(id).matches("req_[0-9a-f]{32}");
        assertThat(response.headers().firstValue("request-id")).hasValue(id);
    }

    @Test
    void what_a_request_says_wrong_has_the_envelope() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            failed(server.post(MESSAGES, "{"), 400, "invalid_request_error");
            failed(server.post(MESSAGES, "{'model':'org/test-model'}"), 400, "invalid_request_error");
            failed(server.post(MESSAGES, ASK.replace("test-model", "none")), 404, "not_found_error");
            failed(server.post(MESSAGES + "/count_tokens", "{}"), 400, "invalid_request_error");
            HttpResponse<String> unknown = server.post(MESSAGES, ASK.replace("{'model'", "{'colour':1,'model'"));
            failed(unknown, 400, "invalid_request_error");
            assertThat(json(unknown).at("/error/param").asString("")).isEqualTo("colour");
            assertThat(json(unknown).at("/error/code").asString("")).isEqualTo("unsupported_parameter");
            failed(server.post(MESSAGES, ASK.replace("hi", "refuse me")), 400, "invalid_request_error");
        }
    }

    @Test
    void what_is_refused_before_it_is_read_has_the_envelope() {
        try (ServerFixture server = with(options -> options.withApiKeys(List.of("sk-one")))) {
            failed(server.post(MESSAGES, ASK), 401, "authentication_error");
            failed(server.get(MESSAGES), 405, "invalid_request_error");
            failed(server.get(MESSAGES + "/batches"), 404, "not_found_error");
            assertThat(json(server.get("/v1/messagesX")).path("type").isMissingNode())
                    .isTrue();
            failed(
                    server.send(server.request(MESSAGES)
                            .setHeader("content-type", "text/plain")
                            .header("x-api-key", "sk-one")
                            .POST(BodyPublishers.ofString(ASK))),
                    415,
                    "invalid_request_error");
        }
    }

    @Test
    void what_is_too_much_has_the_envelope() {
        try (ServerFixture server =
                with(options -> options.withHttp(options.http().withBody(100, java.time.Duration.ofSeconds(30))))) {
            failed(server.post(MESSAGES, ASK.replace("hi", "hi".repeat(100))), 413, "request_too_large");
        }
        try (ServerFixture server = new ServerFixture(
                request -> ScriptedWorker.Script.text("").failing(ErrorCode.KV_BLOCKS_EXHAUSTED, "no room"))) {
            HttpResponse<String> full = server.post(MESSAGES, ASK.replace("}]}", "}],'stream':true}"));
            failed(full, 529, "overloaded_error");
            assertThat(full.headers().firstValue("retry-after")).isPresent();
            failed(server.post(MESSAGES, ASK), 529, "overloaded_error");
        }
    }

    @Test
    void a_stopping_server_says_so() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            server.node.drain();
            failed(server.post(MESSAGES, ASK), 503, "overloaded_error");
            failed(server.post(MESSAGES + "/count_tokens", ASK), 503, "overloaded_error");
        }
    }

    @Test
    void a_defect_keeps_its_inside_to_itself() {
        try (ServerFixture server = new ServerFixture(request -> ScriptedWorker.Script.text("")
                .failing(ErrorCode.INTERNAL, "The server failed; its log has the reason."))) {
            failed(server.post(MESSAGES, ASK), 500, "api_error");
        }
    }

    @Test
    void a_key_may_come_in_either_header() {
        try (ServerFixture server = with(options -> options.withApiKeys(List.of("sk-one", "sk-two")))) {
            assertThat(keyed(server, "x-api-key", "sk-two")).isEqualTo(200);
            assertThat(keyed(server, "authorization", "Bearer sk-one")).isEqualTo(200);
            assertThat(keyed(server, "x-api-key", "sk-three")).isEqualTo(401);
            assertThat(keyed(server, "x-api-key", "")).isEqualTo(401);
            assertThat(server.send(server.request(MESSAGES)
                                    .header("authorization", "Bearer sk-of-another-server")
                                    .header("x-api-key", "sk-one")
                                    .POST(BodyPublishers.ofString(ASK.replace('\'', '"'))))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void a_stream_is_gone_on_with_by_the_key_that_began_it_alone() {
        try (ServerFixture server = with(options -> options.withApiKeys(List.of("sk-one", "sk-two")))) {
            String id = server.send(server.request(MESSAGES)
                            .header("x-api-key", "sk-one")
                            .header("x-jynamo-resumable", "true")
                            .POST(BodyPublishers.ofString(
                                    ASK.replace("}]}", "}],'stream':true}").replace('\'', '"'))))
                    .body()
                    .lines()
                    .filter(line -> line.startsWith("id: "))
                    .findFirst()
                    .orElseThrow()
                    .substring(4);
            assertThat(resumed(server, id, "sk-two")).isEqualTo(410);
            assertThat(resumed(server, id, "sk-one")).isEqualTo(200);
        }
    }

    private static int resumed(ServerFixture server, String id, String key) {
        return server.send(server.request(MESSAGES)
                        .header("x-api-key", key)
                        .header("Last-Event-ID", id)
                        .POST(BodyPublishers.ofString("{}")))
                .statusCode();
    }

    private static int keyed(ServerFixture server, String header, String value) {
        return server.send(server.request(MESSAGES)
                        .header(header, value)
                        .header("anthropic-version", "2023-06-01")
                        .header("anthropic-beta", "some-2026-01-01")
                        .POST(BodyPublishers.ofString(ASK.replace('\'', '"'))))
                .statusCode();
    }

    private static HttpResponse<String> asked(ServerFixture server, String path) {
        return server.send(
                server.request(path).header("anthropic-version", "2023-06-01").GET());
    }

    @Test
    void models_are_listed_in_the_shape_that_the_version_header_asks_for() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            assertThat(asked(server, "/v1/models").body())
                    .isEqualTo("{\"data\":[{\"type\":\"model\",\"id\":\"org/test-model\","
                            + "\"display_name\":\"org/test-model\",\"created_at\":\"2023-11-14T22:13:20Z\","
                            + "\"max_input_tokens\":4096,\"max_tokens\":4096}],\"has_more\":false,"
                            + "\"first_id\":\"org/test-model\",\"last_id\":\"org/test-model\"}");
            assertThat(json(asked(server, "/v1/models/org/test-model"))
                            .path("type")
                            .asString(""))
                    .isEqualTo("model");
            assertThat(json(server.get("/v1/models")).path("object").asString(""))
                    .isEqualTo("list");
            failed(asked(server, "/v1/models/none"), 404, "not_found_error");
            failed(asked(server, "/v1/models?limit=0"), 400, "invalid_request_error");
            failed(asked(server, "/v1/models?after_id=none"), 400, "invalid_request_error");
        }
    }
}
