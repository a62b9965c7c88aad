package io.jynamo.cli.router;

import static io.jynamo.cli.router.Publisher.salted;
import static io.jynamo.cli.router.Publisher.stored;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.cli.router.ServiceClient.Reply;
import io.jynamo.frontend.routing.RouterServiceNode;
import io.jynamo.frontend.routing.RouterServiceOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The services over real sockets: engines that publish, clients that ask. */
class RouterServiceTest {
    private static final int[] PROMPT = IntStream.rangeClosed(1, 16).toArray();
    private static final String TOKENS = "'token_ids':[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]";
    private static final String QUERY = "{'model_name':'m'," + TOKENS + "}";

    private RouterServiceNode node =
            RouterServiceNode.start(RouterServiceOptions.on(0), HeardEngine::open, ZmqReplicas::open);
    private ServiceClient client = new ServiceClient(node.url());

    @AfterEach
    void stop() {
        node.close();
    }

    private void restart(RouterServiceOptions options) {
        node.close();
        node = RouterServiceNode.start(options, HeardEngine::open, ZmqReplicas::open);
        client = new ServiceClient(node.url());
    }

    private void register(long instance, Publisher engine, String more) {
        client.post(
                        "/register",
                        "{'instance_id':" + instance + ",'model_name':'m','block_size':4,'endpoint':'"
                                + engine.endpoint() + "'" + more + "}")
                .expect(201);
    }

    private static String replay(Publisher engine) {
        return ",'replay_endpoint':'" + engine.replay() + "'";
    }

    private int depth(String body, String instance, String tier) {
        JsonNode of =
                client.post("/query", body).expect(200).json().path("instances").path(instance);
        return of.path(tier).asInt();
    }

    @Test
    void what_engines_tell_is_found_by_tier() throws Exception {
        try (Publisher engine = new Publisher(0, 0)) {
            engine.publish(stored(List.of(101L, 102L), null, slice(0, 8), "GPU"));
            engine.publish(stored(List.of(103L), 102L, slice(8, 12), "CPU"));
            register(1, engine, replay(engine));
            ServiceClient.await("what was stored before", () -> depth(QUERY, "1", "cpu") == 12);
            engine.publish(stored(List.of(104L), 103L, slice(12, 16), "DISK"));
            ServiceClient.await("the disk's block", () -> depth(QUERY, "1", "longest_matched") == 16);
            assertThat(depth(QUERY, "1", "gpu")).isEqualTo(8);
            assertThat(depth(QUERY, "1", "disk")).isEqualTo(16);
            JsonNode dump = client.get("/indexer/dump").expect(200).json().path("m:default");
            assertThat(dump.path("block_size").asInt()).isEqualTo(4);
            assertThat(dump.path("events").size()).isEqualTo(3);
            JsonNode first =
                    dump.path("events").path(0).path("event").path("data").path("stored");
            assertThat(first.path("parent_hash").isNull()).isTrue();
            assertThat(first.path("blocks").path(1).path("block_hash").asLong())
                    .as("the engine's own name")
                    .isEqualTo(102);
        }
    }

    @Test
    void a_duplicate_store_is_counted_and_changes_nothing() throws Exception {
        try (Publisher engine = new Publisher(0, 0)) {
            register(1, engine, replay(engine));
            engine.publish(stored(List.of(101L), null, slice(0, 4), "GPU"));
            engine.publish(stored(List.of(101L), null, slice(0, 4), "GPU"));
            String counted = "dynamo_kvrouter_kv_cache_event_warnings{warning_kind=\"duplicate_store\"} 1";
            ServiceClient.await(
                    "the warning", () -> client.get("/metrics").text().contains(counted));
            assertThat(depth(QUERY, "1", "gpu")).isEqualTo(4);
            engine.publish(List.of("BlockRemoved", List.of(101L), "GPU"));
            ServiceClient.await("its removal", () -> depth(QUERY, "1", "gpu") == 0);
        }
    }

    @Test
    void routing_groups_and_salts_are_kept_apart() throws Exception {
        try (Publisher open = new Publisher(0, 0);
                Publisher closed = new Publisher(0, 0)) {
            register(1, open, replay(open));
            register(2, closed, replay(closed) + ",'routing_group':'tenant'");
            open.publish(salted(List.of(11L), slice(0, 4), "dynamo-cache-salt:a"));
            closed.publish(stored(List.of(101L, 102L), null, slice(0, 8), "GPU"));
            String grouped = "{'model_name':'m','routing_group':'tenant'," + TOKENS + "}";
            String salted = "{'model_name':'m','cache_salt':'a'," + TOKENS + "}";
            ServiceClient.await("the group's blocks", () -> depth(grouped, "2", "gpu") == 8);
            ServiceClient.await("the salt's block", () -> depth(salted, "1", "gpu") == 4);
            assertThat(client.post("/query", QUERY).json().path("instances").size())
                    .isZero();
            assertThat(depth("{'model_name':'m','cache_salt':'b'," + TOKENS + "}", "1", "gpu"))
                    .isZero();
            assertThat(client.post("/query", grouped).json().path("instances").has("1"))
                    .isFalse();
            client.post("/query", "{'model_name':'other'," + TOKENS + "}").expect(404);
        }
    }

    @Test
    void what_was_lost_comes_by_replay_and_an_engine_that_began_anew_is_empty() throws Exception {
        int port;
        int replayPort;
        try (Publisher engine = new Publisher(0, 0)) {
            port = engine.port();
            replayPort = engine.replayPort();
            register(1, engine, replay(engine));
            engine.publish(stored(List.of(101L), null, slice(0, 4), "GPU"));
            ServiceClient.await("the first block", () -> depth(QUERY, "1", "gpu") == 4);
            engine.lose(stored(List.of(102L), 101L, slice(4, 8), "GPU"));
            engine.publish(stored(List.of(103L), 102L, slice(8, 12), "GPU"));
            ServiceClient.await("all three", () -> depth(QUERY, "1", "gpu") == 12);
        }
        try (Publisher again = new Publisher(port, replayPort)) {
            again.publish(stored(List.of(7L), null, new int[] {9, 9, 9, 9}, "GPU"));
            ServiceClient.await("the empty engine", () -> depth(QUERY, "1", "gpu") == 0);
            ServiceClient.await(
                    "its own block", () -> depth("{'model_name':'m','token_ids':[9,9,9,9]}", "1", "gpu") == 4);
        }
    }

    @Test
    void a_service_that_begins_takes_over_what_a_peer_knows() throws Exception {
        try (Publisher engine = new Publisher(0, 0)) {
            register(1, engine, replay(engine));
            engine.publish(stored(List.of(101L, 102L), null, slice(0, 8), "GPU"));
            engine.publish(stored(List.of(103L), 102L, slice(8, 12), "CPU"));
            ServiceClient.await("what was stored", () -> depth(QUERY, "1", "cpu") == 12);
            RouterServiceOptions options =
                    RouterServiceOptions.on(0).withPeers(List.of("http://127.0.0.1:1", node.url() + "/indexer"));
            try (RouterServiceNode heir = RouterServiceNode.start(options, HeardEngine::open, ZmqReplicas::open)) {
                node.close();
                client = new ServiceClient(heir.url());
                register(1, engine, ""); // it says its past to nobody
                ServiceClient.await("what the peer knew", () -> depth(QUERY, "1", "cpu") == 12);
                assertThat(depth(QUERY, "1", "gpu")).isEqualTo(8);
                // Whether this is heard at once is chance: the connection may not be there yet.
                ServiceClient.await("what the engine says of a block told by the peer", () -> {
                    publishQuietly(engine, List.of("BlockRemoved", List.of(103L), "CPU"));
                    return depth(QUERY, "1", "cpu") == 8;
                });
                engine.publish(stored(List.of(105L), 102L, slice(8, 12), "GPU"));
                ServiceClient.await("a block after one told by the peer", () -> depth(QUERY, "1", "gpu") == 12);
            }
        }
    }

    private static void publishQuietly(Publisher engine, Object event) {
        try {
            engine.publish(event);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Test
    void a_reservation_counts_until_it_is_freed() throws Exception {
        try (Publisher one = new Publisher(0, 0);
                Publisher two = new Publisher(0, 0)) {
            worker(1, one, "");
            worker(2, two, ",'taints':['slow']");
            one.publish(stored(List.of(101L, 102L), null, slice(0, 8), "GPU"));
            ServiceClient.await(
                    "the cached worker",
                    () -> select("").path("overlap").path("gpu").asInt() == 8);
            JsonNode chosen = client.post("/select_and_reserve", "{'model_name':'m','selection_id':'r'," + TOKENS + "}")
                    .expect(200)
                    .json();
            assertThat(chosen.path("worker_id").asLong()).isEqualTo(1);
            assertThat(chosen.path("effective_prefill_tokens").asInt()).isEqualTo(8);
            assertThat(load(1, "potential_prefill_tokens")).isEqualTo(8);
            assertThat(load(1, "potential_decode_blocks")).isEqualTo(4);
            client.post("/reservations/r/prefill_complete").expect(200);
            assertThat(load(1, "potential_prefill_tokens")).isZero();
            assertThat(load(1, "active_requests")).isEqualTo(1);
            client.send("DELETE", "/reservations/r", null).expect(200);
            assertThat(load(1, "potential_decode_blocks")).isZero();
            assertThat(load(1, "active_requests")).isZero();
        }
    }

    @Test
    void a_request_may_weigh_costs_otherwise() throws Exception {
        try (Publisher one = new Publisher(0, 0);
                Publisher two = new Publisher(0, 0)) {
            worker(1, one, "");
            worker(2, two, "");
            one.publish(stored(List.of(101L, 102L), null, slice(0, 8), "GPU"));
            ServiceClient.await(
                    "the cached worker",
                    () -> select("").path("overlap").path("gpu").asInt() == 8);
            client.post(
                            "/reservations",
                            "{'model_name':'m','selection_id':'x','worker_id':1,'token_ids':[9,9,9,9],"
                                    + "'effective_prefill_tokens':0}")
                    .expect(201);
            assertThat(select("").path("worker_id").asLong()).isEqualTo(1);
            String blind = ",'router_config_override':{'overlap_score_credit':0.0}";
            assertThat(select(blind).path("worker_id").asLong()).isEqualTo(2);
            client.post(
                            "/select",
                            "{'model_name':'m'," + TOKENS + ",'router_config_override':{'router_temperature':-1}}")
                    .expect(422);
        }
    }

    @Test
    void taints_told_later_count_from_then_on() throws Exception {
        try (Publisher one = new Publisher(0, 0);
                Publisher two = new Publisher(0, 0)) {
            worker(1, one, "");
            worker(2, two, ",'taints':['gold']");
            String gold = ",'routing_constraints':{'required_taints':['gold']}";
            assertThat(select(gold).path("worker_id").asLong()).isEqualTo(2);
            client.send("PATCH", "/workers/2", "{\"taints\":[]}").expect(200);
            assertThat(client.post("/select", "{'model_name':'m'," + TOKENS + gold + "}")
                            .status())
                    .isEqualTo(503);
            client.send("PATCH", "/workers/1", "{\"taints\":[\"gold\"]}").expect(200);
            assertThat(select(gold).path("worker_id").asLong()).isEqualTo(1);
        }
    }

    @Test
    void load_that_nobody_speaks_of_is_freed_and_selections_end() throws Exception {
        restart(RouterServiceOptions.on(0)
                .withTimes(
                        new RouterServiceOptions.Times(Duration.ofSeconds(4), Duration.ofMillis(200), Duration.ZERO)));
        try (Publisher one = new Publisher(0, 0)) {
            worker(1, one, "");
            client.post("/select", "{'model_name':'m','selection_id':'s'," + TOKENS + "}")
                    .expect(200);
            client.post("/select_and_reserve", "{'model_name':'m','selection_id':'r'," + TOKENS + "}")
                    .expect(200);
            client.post("/slots/register", "{'worker_id':1,'model_name':'m','block_size':4,'dp_start':0,'dp_size':1}")
                    .expect(201);
            client.post(
                            "/slots/add",
                            "{'model_name':'m','request_id':'q','worker_id':1,'dp_rank':0,"
                                    + "'sequence_hashes':[1,2],'new_isl_tokens':8}")
                    .expect(201);
            assertThat(load(1, "active_requests")).isEqualTo(1);
            ServiceClient.await("the end of its time", () -> load(1, "active_requests") == 0);
            assertThat(load(1, "potential_prefill_tokens")).isZero();
            client.send("DELETE", "/reservations/r", null).expect(404);
            client.post("/reservations", "{'model_name':'m','selection_id':'s'}")
                    .expect(404);
            ServiceClient.await(
                    "the slot's too",
                    () -> client.get("/slots/loads")
                                    .json()
                                    .path(0)
                                    .path("active_decode_blocks")
                                    .asInt()
                            == 0);
        }
    }

    @Test
    void many_clients_at_once_leave_no_load() throws Exception {
        try (Publisher one = new Publisher(0, 0);
                Publisher two = new Publisher(0, 0);
                ExecutorService clients = Executors.newFixedThreadPool(8)) {
            worker(1, one, "");
            worker(2, two, "");
            List<Future<Integer>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int number = i;
                all.add(clients.submit(() -> reserveAndFree(number)));
            }
            int onTwo = 0;
            for (Future<Integer> each : all) {
                onTwo += each.get();
            }
            assertThat(onTwo).as("requests on the second of two equal workers").isBetween(20, 300);
            for (long worker : List.of(1L, 2L)) {
                assertThat(load(worker, "active_requests")).isZero();
                assertThat(load(worker, "potential_decode_blocks")).isZero();
                assertThat(load(worker, "potential_prefill_tokens")).isZero();
            }
        }
    }

    private int reserveAndFree(int number) {
        int onTwo = 0;
        for (int i = 0; i < 40; i++) {
            String id = number + "-" + i;
            JsonNode chosen = client.post(
                            "/select_and_reserve",
                            "{'model_name':'m','selection_id':'" + id + "','token_ids':[" + number + "," + i
                                    + ",3,4,5,6,7,8]}")
                    .expect(200)
                    .json();
            onTwo += chosen.path("worker_id").asInt() == 2 ? 1 : 0;
            client.post("/reservations/" + id + "/prefill_complete").expect(200);
            client.send("DELETE", "/reservations/" + id, null).expect(200);
        }
        return onTwo;
    }

    @Test
    void a_worker_that_is_deleted_takes_its_load_along() throws Exception {
        try (Publisher one = new Publisher(0, 0)) {
            worker(1, one, "");
            client.post("/select_and_reserve", "{'model_name':'m','selection_id':'r'," + TOKENS + "}")
                    .expect(200);
            client.send("DELETE", "/workers/1", null).expect(200);
            client.send("DELETE", "/reservations/r", null).expect(404);
            assertThat(client.get("/loads").json().size()).isZero();
            client.get("/ready").expect(503);
            worker(1, one, "");
            assertThat(load(1, "active_requests")).isZero();
        }
    }

    @Test
    void what_is_wrong_is_said_with_a_status_and_a_code() {
        assertThat(code(client.post("/query", "{"), 400)).isEqualTo("invalid_json");
        assertThat(code(client.post("/query", "{'model_name':'m'}"), 422)).isEqualTo("malformed_field");
        assertThat(code(client.post("/query", "{'model_name':'m','token_ids':[1,'2']}"), 422))
                .isEqualTo("malformed_field");
        assertThat(code(client.post("/query", QUERY), 404)).isEqualTo("model_not_found");
        assertThat(code(client.get("/nowhere"), 404)).isEqualTo("route_not_found");
        assertThat(code(client.get("/query"), 405)).isEqualTo("method_not_allowed");
        assertThat(code(client.post("/query"), 415)).isEqualTo("unsupported_media_type");
        String large = "{'model_name':'m','token_ids':[" + "1,".repeat(5 << 20) + "1]}";
        assertThat(code(client.post("/query", large), 413)).isEqualTo("body_too_large");
        assertThat(code(client.post("/select", "{'model_name':'m','is_eagle':true}"), 503))
                .isEqualTo("not_ready");
        assertThat(code(client.post("/unregister", "{'instance_id':1,'model_name':'m'}"), 404))
                .isEqualTo("not_found");
    }

    private static String code(Reply reply, int status) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.json().path("error").asString("")).isNotEmpty();
        return reply.json().path("code").asString("");
    }

    private void worker(long id, Publisher engine, String more) {
        client.post(
                        "/workers",
                        "{'worker_id':" + id + ",'model_name':'m','endpoint':'http://w" + id + "','block_size':4,"
                                + "'kv_events_endpoint':'" + engine.endpoint() + "'" + replay(engine) + more + "}")
                .expect(201);
    }

    private JsonNode select(String more) {
        return client.post("/select", "{'model_name':'m'," + TOKENS + more + "}")
                .expect(200)
                .json();
    }

    private int load(long worker, String figure) {
        for (JsonNode one : client.get("/loads").expect(200).json().path(0).path("loads")) {
            if (one.path("worker_id").asLong() == worker) {
                return one.path(figure).asInt();
            }
        }
        throw new AssertionError("no load of worker " + worker);
    }

    private static int[] slice(int from, int to) {
        return java.util.Arrays.copyOfRange(PROMPT, from, to);
    }
}
