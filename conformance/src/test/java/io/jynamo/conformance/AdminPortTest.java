package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The admin ports of a worker and a frontend that run for themselves. */
class AdminPortTest {
    private static final Pattern PORT = Pattern.compile("admin port: (http://127\\.0\\.0\\.1:\\d+)");
    private static final String BEGUN = "dynamo_frontend_time_to_first_token_seconds_count";

    @Test
    void a_worker_and_a_frontend_show_what_they_do_and_drain_when_told() throws Exception {
        try (var fleet = new TestFleet()) {
            FleetProcess frontend = fleet.frontend("--admin-port", "0");
            FleetProcess worker = fleet.worker("--admin-port", "0");
            URI admin = admin(worker);
            TestFleet.awaitModel(frontend);
            assertThat(Http.get(admin.resolve("/health")).status()).isEqualTo(200);
            assertThat(Http.get(admin.resolve("/live")).status()).isEqualTo(200);

            try (ExecutorService client = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<StreamRecord> stream =
                        client.submit(() -> StreamRecord.read(frontend.at("/v1/chat/completions"), chat(400)));
                Metrics.await(frontend.at("/metrics"), BEGUN, begun -> begun == 1);
                URI metrics = admin.resolve("/metrics");
                Metrics.await(metrics, "dynamo_component_inflight_requests", now -> now == 1);
                Metrics.await(metrics, "jynamo_worker_used_blocks", now -> now > 0);
                assertThat(Metrics.sum(metrics, "jynamo_worker_sessions")).isEqualTo(1);

                Http.Reply draining = drain(admin);
                assertThat(draining.status()).isEqualTo(200);
                assertThat(draining.json().path("status").asString()).isEqualTo("draining");
                assertThat(Http.get(admin.resolve("/health")).status()).isEqualTo(503);
                assertThat(Http.get(admin.resolve("/metrics")).text())
                        .containsPattern("jynamo_worker_state\\{.*state=\"draining\"} 1");

                StreamRecord seen = stream.get();
                assertThat(seen.errors()).isEmpty();
                assertThat(seen.done()).isTrue();
                Metrics.await(metrics, "dynamo_component_inflight_requests", now -> now == 0);
                assertThat(Metrics.sum(metrics, "dynamo_component_requests_total"))
                        .isPositive();
            }
            assertThat(Http.post(frontend.at("/v1/chat/completions"), chat(1)).status())
                    .as("it takes no more")
                    .isEqualTo(503);
            URI door = admin(frontend);
            assertThat(Http.get(door.resolve("/metrics")).text()).contains("dynamo_frontend_requests_total");
            assertThat(drain(door).status()).isEqualTo(200);
            assertThat(Http.get(door.resolve("/health")).json().path("stage").asString())
                    .isEqualTo("draining");
            worker.signal("TERM");
            assertThat(worker.awaitExit(Duration.ofSeconds(30))).isZero();
        }
    }

    private static URI admin(FleetProcess process) {
        Matcher said = PORT.matcher(process.log());
        assertThat(said.find()).as(process.log()).isTrue();
        return URI.create(said.group(1));
    }

    private static Http.Reply drain(URI admin) {
        return Http.send(HttpRequest.newBuilder(admin.resolve("/drain")).POST(HttpRequest.BodyPublishers.noBody()));
    }

    private static String chat(int tokens) {
        return "{\"model\":\"" + TestFleet.MODEL + "\",\"max_completion_tokens\":" + tokens
                + ",\"ignore_eos\":true,\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
    }
}
