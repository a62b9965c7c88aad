package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A process whose only worker takes one request at a time: who waits, who is sent away, who gives way. */
class AdmissionQueueTest {
    private static final String PATH = "/v1/chat/completions";
    private static final String WAITING = "dynamo_frontend_router_queue_pending_requests";
    private static final int LONG = 400;

    @Test
    void requests_wait_are_sent_away_and_give_way() {
        try (Server server = Server.paced(
                        "--workers",
                        "1",
                        "--router-max-requests-per-worker",
                        "1",
                        "--router-max-queued-requests",
                        "2");
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            try (Stream<String> lines = Http.open(
                    server.at(PATH),
                    body(
                            LONG,
                            "\"service_tier\":\"flex\",\"stream\":true,"
                                    + "\"stream_options\":{\"include_usage\":true},"))) {
                Iterator<String> batch = lines.iterator();
                List<String> seen = new ArrayList<>();
                while (seen.stream()
                                .filter(line -> line.contains("\"content\""))
                                .count()
                        < 5) {
                    seen.add(batch.next());
                }
                Http.Reply urgent = Http.post(server.at(PATH), body(5, ""));
                assertThat(urgent.status()).as(urgent.text()).isEqualTo(200);
                batch.forEachRemaining(seen::add);
                assertThat(seen).contains("data: [DONE]");
                assertThat(usage(seen).path("completion_tokens").asInt()).isEqualTo(LONG);
                assertThat(Metrics.sum(server, "dynamo_frontend_preemptions_total"))
                        .isEqualTo(1);
            }

            List<CompletableFuture<Http.Reply>> taken = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                taken.add(CompletableFuture.supplyAsync(() -> Http.post(server.at(PATH), body(LONG, "")), clients));
                int waiting = i;
                Metrics.await(server, WAITING, now -> now == waiting);
                Metrics.await(server, "dynamo_frontend_active_requests", now -> now == waiting + 1);
            }
            Http.Reply refused = Http.post(server.at(PATH), body(5, ""));
            assertThat(refused.status()).isEqualTo(529);
            assertThat(refused.error().path("code").asString()).isEqualTo("overloaded");
            assertThat(refused.headers().firstValueAsLong("retry-after").orElse(0))
                    .isBetween(1L, 60L);
            taken.forEach(one -> assertThat(one.join().status()).isEqualTo(200));
            Metrics.await(server, WAITING, now -> now == 0);
        }
    }

    private static JsonNode usage(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("data: {") && line.contains("\"usage\":{"))
                .map(line -> Http.parse(line.substring("data: ".length())).path("usage"))
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    private static String body(int tokens, String more) {
        return "{\"model\":\"" + Server.MODEL + "\",\"max_completion_tokens\":" + tokens + ",\"ignore_eos\":true,"
                + more + "\"messages\":[{\"role\":\"user\",\"content\":\"A long story.\"}]}";
    }
}
