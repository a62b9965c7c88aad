package io.jynamo.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.WorkerId;
import io.jynamo.router.Wishes;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RouteTest {
    private static final String EXPLAIN = "/v1/route/explain";
    private static final String CHAT =
            "{\"model\":\"org/test-model\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

    @Test
    void aConversationIsExplainedAndNotSent() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            HttpResponse<String> answer = server.post(EXPLAIN, CHAT);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);

            JsonNode prompt = ServerFixture.JSON.readTree(answer.body()).at("/prompts/0");
            int tokens = prompt.path("prompt_tokens").asInt();
            assertThat(tokens)
                    .isEqualTo(server.router.requests().getFirst().prompt().count());
            JsonNode route = prompt.path("route");
            assertThat(route.path("policy").asString()).isEqualTo("sole");
            assertThat(route.path("reason").asString()).isEqualTo("the only one");
            assertThat(route.path("worker").asString())
                    .isEqualTo(server.worker.id().toString());
            JsonNode candidate = route.at("/candidates/0");
            assertThat(candidate.path("cached_blocks").asInt()).isEqualTo(1);
            assertThat(candidate.path("booked_prefill_tokens").asInt()).isEqualTo(2);
            assertThat(candidate.path("booked_blocks").asInt()).isEqualTo(3);
            assertThat(candidate.path("cost").asDouble()).isEqualTo(4.5);
            assertThat(server.router.booked()).isZero();
            assertThat(server.worker.started()).isEmpty();
        }
    }

    @Test
    void everyPromptOfACompletionIsExplained() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            HttpResponse<String> answer =
                    server.post(EXPLAIN, "{'model':'org/test-model','prompt':['One','Two words'],'max_tokens':3}");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(ServerFixture.JSON.readTree(answer.body()).path("prompts"))
                    .hasSize(2);
            assertThat(server.worker.started()).isEmpty();
        }
    }

    @Test
    void whatWouldBeRefusedIsRefused() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            HttpResponse<String> unknown = server.post(EXPLAIN, CHAT.replace("org/test-model", "none"));
            assertThat(unknown.statusCode()).isEqualTo(404);
            assertThat(ServerFixture.error(unknown, "code")).isEqualTo("model_not_found");
            assertThat(server.post(EXPLAIN, "{").statusCode()).isEqualTo(400);
            assertThat(server.post(EXPLAIN, "{'model':'org/test-model'}").statusCode())
                    .isEqualTo(400);
            server.router.remove(server.worker.id());
            assertThat(server.post(EXPLAIN, CHAT).statusCode()).isEqualTo(503);
        }
    }

    @Test
    void anAnswerTellsItsRouteToWhoAsks() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            for (String body : new String[] {CHAT, CHAT.replace("{\"model\"", "{\"stream\":true,\"model\"")}) {
                assertThat(server.post("/v1/chat/completions", body).headers().firstValue("x-jynamo-route"))
                        .isEmpty();
                HttpResponse<String> told = server.send(server.request("/v1/chat/completions")
                        .header("X-Jynamo-Explain", "true")
                        .POST(BodyPublishers.ofString(body)));
                assertThat(told.statusCode()).isEqualTo(200);
                String route = told.headers().firstValue("x-jynamo-route").orElse("");
                assertThat(ServerFixture.JSON.readTree(route).at("/0/worker").asString())
                        .isEqualTo(server.worker.id().toString());
            }
        }
    }

    @Test
    void whatARequestWishesReachesTheRouter() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            String constrained = CHAT.replace(
                    "{\"model\"",
                    "{\"nvext\":{\"backend_instance_id\":7,\"routing_constraints\":"
                            + "{\"required_taints\":[\"rack-a\"],\"preferred_taints\":{\"gold\":1.5}}},\"model\"");
            HttpResponse<String> answer = server.send(server.request("/v1/chat/completions")
                    .header("x-dynamo-session-id", "talk-1")
                    .POST(BodyPublishers.ofString(constrained)));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(server.router.requests().getLast().wishes())
                    .isEqualTo(new Wishes(new WorkerId(7), "talk-1", Set.of(), Set.of("rack-a"), Map.of("gold", 1.5)));

            server.send(server.request(EXPLAIN)
                    .header("x-dynamo-worker-instance-id", "18446744073709551615")
                    .POST(BodyPublishers.ofString(constrained)));
            assertThat(server.router.requests().getLast().wishes().pinned()).isEqualTo(new WorkerId(-1));
        }
    }

    @Test
    void wishesThatSayNothingSensibleAreRefused() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            for (String[] header : new String[][] {
                {"x-dynamo-worker-instance-id", "seven"},
                {"x-dynamo-session-id", "s".repeat(257)},
                {"x-dynamo-prefill-instance-id", "3"}
            }) {
                HttpResponse<String> answer = server.send(server.request("/v1/chat/completions")
                        .header(header[0], header[1])
                        .POST(BodyPublishers.ofString(CHAT)));
                assertThat(answer.statusCode()).isEqualTo(400);
                assertThat(ServerFixture.error(answer, "param")).isEqualTo(header[0]);
            }
            assertThat(server.router.requests()).isEmpty();
        }
    }
}
