package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;
import tools.jackson.databind.JsonNode;

/** {@code jynamo router} as other frontends meet it: an engine that publishes, a client that asks and dies. */
class RouterServiceTest {
    private static final String TOKENS = "\"model_name\":\"m\",\"token_ids\":[1,2,3,4,5,6,7,8]";

    @Test
    void a_client_registers_asks_reserves_and_leaves_nothing_behind() throws Exception {
        try (FleetProcess router = FleetProcess.start(
                        "router", List.of("--port", "0", "--indexer-port", "0", "--reservation-ttl", "4s"), Map.of());
                ZMQ.Context context = ZMQ.context(1);
                ZMQ.Socket engine = context.socket(SocketType.PUB)) {
            String endpoint = "tcp://127.0.0.1:" + engine.bindToRandomPort("tcp://127.0.0.1");
            assertThat(Http.get(router.at("/ready")).status()).isEqualTo(503);
            JsonNode worker = post(
                    router.at("/workers"),
                    201,
                    "{\"worker_id\":18446744073709551615,\"model_name\":\"m\",\"endpoint\":\"http://w:8000\","
                            + "\"block_size\":4,\"kv_events_endpoint\":\"" + endpoint + "\"}");
            assertThat(worker.path("lifecycle").asString()).isEqualTo("schedulable");
            post(
                    router.at("/register"),
                    201,
                    "{\"instance_id\":7,\"model_name\":\"m\",\"block_size\":4,\"endpoint\":\"" + endpoint + "\"}");
            assertThat(Http.get(router.at("/ready")).status()).isEqualTo(200);
            long[] said = {0};
            await("both to hear the engine", () -> {
                publish(engine, said[0]++);
                return hits(router) == 8
                        && post(router.at("/query"), 200, "{" + TOKENS + "}")
                                        .path("scores")
                                        .path("7")
                                        .path("0")
                                        .asInt()
                                == 8;
            });
            assertThat(Http.get(router.at("/metrics")).text())
                    .contains("dynamo_kvindexer_models 1", "dynamo_kvindexer_listeners{status=\"active\"} 1");

            JsonNode chosen = post(router.at("/select_and_reserve"), 200, "{\"selection_id\":\"dead\"," + TOKENS + "}");
            assertThat(chosen.path("worker_id").asString()).isEqualTo("18446744073709551615");
            assertThat(requests(router)).isEqualTo(1);
            await("the load of a client that is gone to be freed", () -> requests(router) == 0);
            assertThat(delete(router.at("/reservations/dead"))).isEqualTo(404);
            assertThat(Http.post(router.at("/register"), "{}").status()).isEqualTo(422);

            router.signal("TERM");
            assertThat(router.awaitExit(Duration.ofSeconds(30))).isZero();
        }
    }

    @Test
    void a_client_that_is_killed_leaves_no_load() throws Exception {
        try (FleetProcess router =
                FleetProcess.start("router", List.of("--port", "0", "--reservation-ttl", "4s"), Map.of())) {
            post(
                    router.at("/slots/register"),
                    201,
                    "{\"worker_id\":1,\"model_name\":\"m\",\"block_size\":4,\"dp_start\":0,\"dp_size\":1}");
            String add = "{\"model_name\":\"m\",\"worker_id\":1,\"dp_rank\":0,\"request_id\":\"REQUEST\","
                    + "\"sequence_hashes\":[-1,2],\"new_isl_tokens\":9}";
            String loop = "i=0; while :; do i=$((i+1)); curl -s -o /dev/null -H 'content-type: application/json' -d '"
                    + add.replace("REQUEST", "r'$i'") + "' " + router.at("/slots/add") + "; done";
            Process client = new ProcessBuilder("bash", "-c", loop).start();
            await("some load", () -> prefill(router) > 18);
            client.descendants().forEach(ProcessHandle::destroyForcibly);
            client.destroyForcibly().waitFor();
            await("the load to be freed", () -> prefill(router) == 0);
        }
    }

    private static long prefill(FleetProcess router) {
        return Http.get(router.at("/slots/loads"))
                .json()
                .path(0)
                .path("active_prefill_tokens")
                .asLong();
    }

    private static int hits(FleetProcess router) {
        return post(router.at("/select"), 200, "{" + TOKENS + "}")
                .path("overlap")
                .path("gpu")
                .asInt();
    }

    private static int requests(FleetProcess router) {
        return Http.get(router.at("/loads"))
                .json()
                .path(0)
                .path("loads")
                .path(0)
                .path("active_requests")
                .asInt();
    }

    private static JsonNode post(URI uri, int status, String body) {
        Http.Reply reply = Http.post(uri, body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        return reply.json();
    }

    private static int delete(URI uri) {
        return Http.send(HttpRequest.newBuilder(uri).method("DELETE", BodyPublishers.noBody()))
                .status();
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting for " + what).isLessThan(deadline);
            LockSupport.parkNanos(50_000_000);
        }
    }

    /** The message of two blocks stored, by hand: this room has nothing of ours. */
    private static void publish(ZMQ.Socket engine, long number) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x93, 0x01, (byte) 0x91, (byte) 0x97}); // [1, [[seven fields
        out.write(0xAB);
        out.writeBytes("BlockStored".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(new byte[] {(byte) 0x92, 101, 102, (byte) 0xC0, (byte) 0x98, 1, 2, 3, 4, 5, 6, 7, 8, 4});
        out.writeBytes(new byte[] {(byte) 0xC0, (byte) 0xA3, 'G', 'P', 'U', 0x00}); // no adapter, medium], rank]
        engine.sendMore("kv-events");
        engine.sendMore(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
        engine.send(out.toByteArray());
    }
}
