package io.jynamo.cli.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.cli.router.ServiceClient.Reply;
import io.jynamo.frontend.routing.RouterServiceNode;
import io.jynamo.frontend.routing.RouterServiceOptions;
import io.jynamo.router.admission.QueuePolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Clients that wait for a worker of the service, over real sockets. */
@Timeout(120)
class RouterQueueTest {
    private static final String TOKENS = "'token_ids':[1,2,3,4,5,6,7,8,9,10,11,12]";

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Publisher engine;
    private RouterServiceNode node = start(Duration.ofMinutes(1));
    private ServiceClient client = new ServiceClient(node.url());

    RouterQueueTest() throws InterruptedException {
        engine = new Publisher(0, 0);
    }

    private static RouterServiceNode start(Duration longest) {
        var queue = new RouterServiceOptions.Queue(0.5, QueuePolicy.FCFS, 2, longest);
        return RouterServiceNode.start(
                RouterServiceOptions.on(0).withQueue(queue), HeardEngine::open, ZmqReplicas::open);
    }

    @BeforeEach
    void register() {
        // Half of a step are ten tokens.
        client.post("/workers", worker(",'max_num_batched_tokens':20")).expect(201);
    }

    @AfterEach
    void end() throws Exception {
        node.close();
        engine.close();
        threads.shutdownNow();
        http.close();
    }

    @Test
    void a_call_waits_until_the_prompt_before_it_is_computed() throws Exception {
        reserve("r1").expect(200);
        Future<Reply> waits = threads.submit(() -> reserve("r2"));
        awaitPending(1);
        assertThat(loads().path("pending_isl_tokens").asInt()).isEqualTo(12);
        assertThat(loads().path("loads").path(0).path("active_requests").asInt())
                .isEqualTo(1);
        client.post("/reservations/r1/prefill_complete").expect(200);
        waits.get(30, TimeUnit.SECONDS).expect(200);
        awaitPending(0);
        assertThat(loads().path("loads").path(0).path("active_requests").asInt())
                .isEqualTo(2);
        client.send("DELETE", "/reservations/r2", null).expect(200);
    }

    @Test
    void as_many_wait_as_may_and_others_are_told_when_to_come_again() throws Exception {
        reserve("r1").expect(200);
        Future<Reply> second = threads.submit(() -> reserve("r2"));
        awaitPending(1);
        Future<Reply> third = threads.submit(() -> reserve("r3"));
        awaitPending(2);
        HttpResponse<String> refused = http.send(
                HttpRequest.newBuilder(URI.create(node.url() + "/select_and_reserve"))
                        .header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body("r4").replace('\'', '"')))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).contains("\"overloaded\"").contains("2 requests with 24 prompt tokens wait");
        assertThat(refused.headers().firstValueAsLong("retry-after").orElseThrow())
                .isPositive();
        client.send("DELETE", "/reservations/r1", null).expect(200);
        second.get(30, TimeUnit.SECONDS).expect(200);
        client.send("DELETE", "/reservations/r2", null).expect(200);
        third.get(30, TimeUnit.SECONDS).expect(200);
    }

    @Test
    void whoever_hangs_up_waits_no_longer_and_has_nothing_booked() throws Exception {
        reserve("r1").expect(200);
        try (Socket leaving = new Socket(
                InetAddress.getLoopbackAddress(), URI.create(node.url()).getPort())) {
            say(leaving, body("r2").replace('\'', '"'));
            awaitPending(1);
        }
        awaitPending(0);
        client.send("DELETE", "/reservations/r1", null).expect(200);
        assertThat(loads().path("loads").path(0).path("active_requests").asInt())
                .isZero();
        reserve("r2").expect(200);
    }

    @Test
    void nobody_waits_for_longer_than_may_be() {
        node.close();
        node = start(Duration.ofMillis(50));
        client = new ServiceClient(node.url());
        register();
        reserve("r1").expect(200);
        Reply refused = reserve("r2").expect(429);
        assertThat(refused.json().path("error").asString()).contains("none comes free for it within the 50 ms");
        assertThat(loads().path("pending_count").asInt()).isZero();
    }

    @Test
    void what_runs_already_is_booked_without_waiting() throws Exception {
        reserve("r1").expect(200);
        Future<Reply> waits = threads.submit(() -> reserve("r2"));
        awaitPending(1);
        client.post(
                        "/reservations",
                        "{'model_name':'m','selection_id':'r3','worker_id':1,'sequence_hashes':[1,2,3],'isl_tokens':12}")
                .expect(201);
        client.post("/select", "{'model_name':'m'," + TOKENS + "}").expect(200);
        client.send("DELETE", "/reservations/r3", null).expect(200);
        awaitPending(1);
        client.send("DELETE", "/reservations/r1", null).expect(200);
        waits.get(30, TimeUnit.SECONDS).expect(200);
    }

    @Test
    void who_waits_for_a_worker_that_leaves_is_told() throws Exception {
        reserve("r1").expect(200);
        Future<Reply> waits = threads.submit(() -> reserve("r2"));
        awaitPending(1);
        client.send("DELETE", "/workers/1", null).expect(200);
        assertThat(waits.get(30, TimeUnit.SECONDS).status()).isEqualTo(503);
    }

    @Test
    void a_worker_whose_step_is_not_known_cannot_be_chosen() {
        client.send("DELETE", "/workers/1", null).expect(200);
        JsonNode told = client.post("/workers", worker("")).expect(201).json();
        assertThat(told.path("lifecycle").asString()).isEqualTo("incomplete");
        assertThat(told.path("not_schedulable_reasons").path(0).asString()).contains("max_num_batched_tokens");
        client.send("PATCH", "/workers/1", "{\"max_num_batched_tokens\":20}").expect(200);
        reserve("r1").expect(200);
    }

    private void awaitPending(int count) {
        ServiceClient.await(
                count + " to wait", () -> loads().path("pending_count").asInt(-1) == count);
    }

    private JsonNode loads() {
        return client.get("/loads").expect(200).json().path(0);
    }

    private Reply reserve(String id) {
        return client.post("/select_and_reserve", body(id));
    }

    private static String body(String id) {
        return "{'model_name':'m','selection_id':'" + id + "'," + TOKENS + "}";
    }

    private String worker(String more) {
        return "{'worker_id':1,'model_name':'m','endpoint':'http://w','block_size':4,'kv_events_endpoint':'"
                + engine.endpoint() + "'" + more + "}";
    }

    private static void say(Socket socket, String body) throws IOException {
        String head =
                "POST /select_and_reserve HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: "
                        + body.length() + "\r\n\r\n";
        socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }
}
