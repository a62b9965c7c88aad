package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** LoRA adapters as models: one worker process has one, another has none, and a third has two. */
@Timeout(180)
class AdapterTest {
    @Test
    void is_listed_under_its_model_and_served_by_workers_that_have_it() {
        try (var fleet = new TestFleet()) {
            FleetProcess frontend = fleet.frontend();
            FleetProcess first = fleet.worker("--sim-lora-modules", "sql");
            fleet.worker();
            TestFleet.awaitWorkers(frontend, 2);

            JsonNode sql = Http.parse(Http.get(frontend.at("/v1/models/sql")).text());
            assertThat(sql.path("parent").asString()).isEqualTo(TestFleet.MODEL);
            Set<String> workers = new HashSet<>();
            for (int i = 0; i < 10; i++) {
                JsonNode route = route(frontend, "sql", i);
                assertThat(route.path("candidates")).hasSize(1);
                workers.add(route.path("worker").asString());
            }
            assertThat(workers).hasSize(1).doesNotContain("");
            assertThat(route(frontend, TestFleet.MODEL, 0).path("candidates"))
                    .as("the model is everywhere")
                    .hasSize(2);
            assertThat(status(frontend, "poems", 0)).isEqualTo(404);

            first.signal("KILL");
            awaitStatus(frontend, "sql", 503);
            assertThat(status(frontend, TestFleet.MODEL, 1)).isEqualTo(200);

            fleet.worker("--sim-lora-modules", "sql", "--sim-lora-modules", "poems");
            awaitStatus(frontend, "poems", 200);
            assertThat(status(frontend, "sql", 2)).isEqualTo(200);
        }
    }

    /** What one adapter computed is nothing to another, and nothing to their model. */
    @Test
    void keeps_its_blocks_for_itself() {
        try (var fleet = new TestFleet()) {
            FleetProcess frontend = fleet.frontend();
            fleet.worker("--sim-lora-modules", "sql", "--sim-lora-modules", "poems");
            TestFleet.awaitWorkers(frontend, 1);
            assertThat(cached(frontend, "sql")).isZero();
            assertThat(cached(frontend, TestFleet.MODEL)).isZero();
            assertThat(cached(frontend, "poems")).isZero();
            assertThat(cached(frontend, "sql")).isGreaterThan(100);
        }
    }

    private static int cached(FleetProcess frontend, String model) {
        String body = body(model, "The same long story, again and again. ".repeat(40));
        return Http.parse(Http.post(frontend.at("/v1/completions"), body).text())
                .path("usage")
                .path("prompt_tokens_details")
                .path("cached_tokens")
                .asInt();
    }

    private static String body(String model, String prompt) {
        return "{\"model\":\"" + model + "\",\"max_tokens\":2,\"prompt\":\"" + prompt + "\"}";
    }

    private static int status(FleetProcess frontend, String model, int number) {
        return Http.post(frontend.at("/v1/completions"), body(model, "Question " + number))
                .status();
    }

    private static void awaitStatus(FleetProcess frontend, String model, int wanted) {
        int seen = 0;
        for (int i = 0; i < 1_500 && seen != wanted; i++) {
            seen = status(frontend, model, i);
        }
        assertThat(seen).isEqualTo(wanted);
    }

    /** How the worker was chosen that answered. */
    private static JsonNode route(FleetProcess frontend, String model, int number) {
        Http.Reply reply = Http.send(Http.request(
                        frontend.at("/v1/completions"), body(model, number + " is the number of a question of its own"))
                .header("X-Jynamo-Explain", "true"));
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return Http.parse(reply.headers().firstValue("x-jynamo-route").orElse("[]"))
                .path(0);
    }
}
