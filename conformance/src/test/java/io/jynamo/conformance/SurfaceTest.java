package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** The paths around generation. */
@ExtendWith(SharedServers.class)
class SurfaceTest {
    private final Server server;

    SurfaceTest(@Pace(Pace.Kind.FAST) Server server) {
        this.server = server;
    }

    @Test
    void models_are_listed_and_found_by_name() {
        JsonNode list = Http.get(server.at("/v1/models")).json();

        assertThat(list.path("object").asString()).isEqualTo("list");
        assertThat(list.path("data").valueStream().map(model -> model.path("id").asString()))
                .contains(Server.MODEL);
        JsonNode model = Http.get(server.at("/v1/models/" + Server.MODEL)).json();
        assertThat(model.path("object").asString()).isEqualTo("model");
        assertThat(Http.get(server.at("/v1/models/no-such-model")).status()).isEqualTo(404);
    }

    @Test
    void health_and_liveness_answer() {
        assertThat(Http.get(server.at("/health")).status()).isEqualTo(200);
        assertThat(Http.get(server.at("/live")).status()).isEqualTo(200);
    }

    @Test
    void metrics_have_the_names_that_dashboards_know() {
        Http.post(
                server.at("/v1/chat/completions"),
                "{\"model\":\"" + Server.MODEL + "\",\"max_completion_tokens\":2,\"messages\":[{\"role\":\"user\","
                        + "\"content\":\"Hi\"}]}");

        String page = Http.get(server.at("/metrics")).text();

        for (String name : new String[] {
            "requests_total", "output_tokens_total", "time_to_first_token_seconds_bucket",
                    "inter_token_latency_seconds",
            "request_duration_seconds_sum", "input_sequence_tokens_count", "active_requests", "disconnected_clients"
        }) {
            assertThat(page).contains("dynamo_frontend_" + name);
        }
    }

    @Test
    void the_interface_describes_itself() {
        JsonNode document = Http.get(server.at("/openapi.json")).json();

        assertThat(document.path("openapi").asString()).startsWith("3.");
        assertThat(document.path("paths").has("/v1/chat/completions")).isTrue();
    }

    @Test
    void unknown_paths_and_methods_are_named() {
        var missing = Http.get(server.at("/v1/nothing"));
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.error().path("message").asString()).contains("/v1/nothing");

        assertThat(Http.get(server.at("/v1/chat/completions")).status()).isEqualTo(405);
    }

    @Test
    void the_request_id_of_the_client_comes_back() {
        var reply = Http.send(HttpRequest.newBuilder(server.at("/v1/models")).header("x-request-id", "abc-123"));

        assertThat(reply.headers().firstValue("x-request-id")).contains("abc-123");
    }
}
