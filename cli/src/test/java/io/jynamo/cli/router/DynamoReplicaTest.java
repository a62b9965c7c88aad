package io.jynamo.cli.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jynamo.frontend.routing.RouterServiceNode;
import io.jynamo.frontend.routing.RouterServiceOptions;
import io.jynamo.frontend.routing.RouterServiceOptions.ReplicaSync;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real selection service of Dynamo and ours as replicas of each other. */
@Tag("long")
@Timeout(120)
class DynamoReplicaTest {
    private static final Path PYTHON = Path.of(System.getenv()
                    .getOrDefault("JYNAMO_PEERS", System.getProperty("user.home") + "/.cache/jynamo-peers"))
            .resolve("dynamo/venv/bin/python");
    private static final String PROMPT = "'model_name':'m','token_ids':[1,2,3,4,5,6,7,8,9,10]";

    @TempDir
    private Path folder;

    @Test
    void load_and_sessions_agree_with_dynamos() throws Exception {
        assumeTrue(Files.isExecutable(PYTHON), "Dynamo is not here: ../shared/tools/dynamo/setup installs it");
        int http = freePort();
        int told = freePort();
        Duration minute = Duration.ofMinutes(1);
        String theirs = "tcp://127.0.0.1:" + told;
        var options = RouterServiceOptions.on(0)
                .withReplicas(new ReplicaSync(0, List.of(theirs)))
                .withTimes(new RouterServiceOptions.Times(minute, minute, minute));
        try (RouterServiceNode node = RouterServiceNode.start(options, HeardEngine::open, ZmqReplicas::open)) {
            Process dynamo = start(http, told, "tcp://127.0.0.1:" + node.replicaPort());
            try {
                agree(new ServiceClient(node.url()), new ServiceClient("http://127.0.0.1:" + http), dynamo);
            } finally {
                dynamo.destroy();
                if (!dynamo.waitFor(10, TimeUnit.SECONDS)) {
                    dynamo.destroyForcibly().waitFor();
                }
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Process start(int http, int told, String ours) throws IOException {
        return new ProcessBuilder(
                        PYTHON.toString(),
                        "-m",
                        "dynamo.select_service",
                        "--port=" + http,
                        "--replica-sync-port=" + told,
                        "--replica-sync-peers=" + ours,
                        "--session-affinity-ttl-secs=60")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("dynamo.log").toFile())
                .start();
    }

    private static void agree(ServiceClient ours, ServiceClient theirs, Process dynamo) {
        ServiceClient.await("Dynamo's service", () -> {
            assertThat(dynamo.isAlive()).as("Dynamo's service runs").isTrue();
            return answers(theirs);
        });
        for (ServiceClient service : List.of(ours, theirs)) {
            for (int worker = 1; worker <= 2; worker++) {
                service.post(
                                "/workers",
                                "{'worker_id':" + worker + ",'model_name':'m','endpoint':'http://10.0.0." + worker
                                        + ":8000','block_size':4,'kv_events_endpoint':'tcp://127.0.0.1:9'}")
                        .expect(201);
            }
        }
        hears(theirs, ours);
        hears(ours, theirs);
        passes(ours, theirs, "ours");
        passes(theirs, ours, "theirs");
        assertThat(ours.get("/metrics").text()).contains("jynamo_router_replica_events_total{outcome=\"malformed\"} 0");
    }

    private static boolean answers(ServiceClient service) {
        try {
            return service.get("/health").status() == 200;
        } catch (java.io.UncheckedIOException notYet) {
            return false;
        }
    }

    /** Waits until one is listened to by the other: what it tells before is lost. */
    private static void hears(ServiceClient from, ServiceClient to) {
        String body = "{" + PROMPT + ",'selection_id':'probe'}";
        ServiceClient.await("the connection", () -> {
            from.post("/select_and_reserve", body).expect(200);
            long end = System.nanoTime() + 200_000_000L;
            boolean heard = false;
            while (!heard && System.nanoTime() < end) {
                heard = loads(to).contains("\"active_requests\":1");
            }
            from.send("DELETE", "/reservations/probe", null).expect(200);
            return heard;
        });
        ServiceClient.await("the probe's end", () -> !loads(to).contains("\"active_requests\":1"));
    }

    /** One gives a request, the other counts it, sends its session to the same worker, and is told of its end. */
    private static void passes(ServiceClient from, ServiceClient to, String name) {
        String body = "{" + PROMPT + ",'session_id':'" + name + "','selection_id':'" + name + "'}";
        int worker = from.post("/select_and_reserve", body)
                .expect(200)
                .json()
                .path("worker_id")
                .asInt();
        ServiceClient.await("the load", () -> loads(to).equals(loads(from)));
        assertThat(loads(from)).contains("\"active_requests\":1", "\"potential_prefill_tokens\":10");
        ServiceClient.await("the session", () -> {
            String ask = "{" + PROMPT + ",'session_id':'" + name + "'}";
            return to.post("/select", ask).expect(200).json().path("worker_id").asInt() == worker;
        });
        to.post("/reservations/" + name + "/prefill_complete").expect(200);
        ServiceClient.await("the prompt's end", () -> !loads(from).contains("\"potential_prefill_tokens\":10"));
        to.send("DELETE", "/reservations/" + name, null).expect(200);
        ServiceClient.await("the request's end", () -> !loads(from).contains("\"active_requests\":1"));
    }

    private static String loads(ServiceClient service) {
        return service.get("/loads").expect(200).text();
    }
}
