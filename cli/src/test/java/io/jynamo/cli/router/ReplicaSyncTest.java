package io.jynamo.cli.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.cli.router.ServiceClient.Reply;
import io.jynamo.frontend.routing.RouterServiceNode;
import io.jynamo.frontend.routing.RouterServiceOptions;
import io.jynamo.frontend.routing.RouterServiceOptions.Kind;
import io.jynamo.frontend.routing.RouterServiceOptions.ReplicaSync;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;
import tools.jackson.databind.JsonNode;

/** Replicas of the services that count each other's load, over real sockets. */
class ReplicaSyncTest {
    private static final String PROMPT = "'model_name':'m','token_ids':[1,2,3,4,5,6,7,8,9,10]";

    private final ArrayDeque<RouterServiceNode> nodes = new ArrayDeque<>();

    @AfterEach
    void stop() {
        nodes.forEach(RouterServiceNode::close);
    }

    private RouterServiceNode start(RouterServiceOptions options) {
        RouterServiceNode node = RouterServiceNode.start(options, HeardEngine::open, ZmqReplicas::open);
        nodes.add(node);
        return node;
    }

    private static RouterServiceOptions options(RouterServiceNode... peers) {
        List<String> endpoints =
                List.of(peers).stream().map(ReplicaSyncTest::endpoint).toList();
        Duration minute = Duration.ofMinutes(1);
        return RouterServiceOptions.on(0)
                .withReplicas(new ReplicaSync(0, endpoints))
                .withTimes(new RouterServiceOptions.Times(minute, minute, minute));
    }

    private static String endpoint(RouterServiceNode node) {
        return "tcp://127.0.0.1:" + node.replicaPort();
    }

    private static ServiceClient client(RouterServiceNode node) {
        return new ServiceClient(node.url());
    }

    /** Two replicas that listen to each other and know two workers. */
    private List<ServiceClient> pair() {
        RouterServiceNode first = start(options());
        RouterServiceNode second = start(options(first));
        client(first)
                .post("/replica_sync/register_peer", "{'endpoint':'" + endpoint(second) + "'}")
                .expect(201);
        List<ServiceClient> both = List.of(client(first), client(second));
        both.forEach(replica -> List.of(1, 2).forEach(worker -> addWorker(replica, worker)));
        hear(both.getFirst(), both.getLast());
        hear(both.getLast(), both.getFirst());
        return both;
    }

    private static void addWorker(ServiceClient replica, int worker) {
        replica.post(
                        "/workers",
                        "{'worker_id':" + worker + ",'model_name':'m','endpoint':'http://10.0.0." + worker
                                + ":8000','block_size':4,'kv_events_endpoint':'tcp://127.0.0.1:9'}")
                .expect(201);
    }

    /** Waits until one replica is connected to the other: what is told before is lost. */
    private static void hear(ServiceClient teller, ServiceClient hearer) {
        String body = "{" + PROMPT + ",'selection_id':'probe','pinned_worker':{'worker_id':1,'dp_rank':0}}";
        ServiceClient.await("the connection", () -> {
            teller.post("/select_and_reserve", body).expect(200);
            boolean heard = within(50, () -> requests(hearer, 1) == 1);
            teller.send("DELETE", "/reservations/probe", null).expect(200);
            return heard && within(1_000, () -> requests(hearer, 1) == 0);
        });
    }

    private static boolean within(int millis, java.util.function.BooleanSupplier condition) {
        long end = System.nanoTime() + millis * 1_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            Thread.onSpinWait();
        }
        return true;
    }

    private static JsonNode load(ServiceClient replica, int worker) {
        for (JsonNode load :
                replica.get("/loads").expect(200).json().path(0).path("loads").values()) {
            if (load.path("worker_id").asInt() == worker) {
                return load;
            }
        }
        throw new AssertionError("no worker " + worker);
    }

    private static int requests(ServiceClient replica, int worker) {
        return load(replica, worker).path("active_requests").asInt();
    }

    private static Reply reserve(ServiceClient replica, String id, String more) {
        return replica.post("/select_and_reserve", "{" + PROMPT + ",'selection_id':'" + id + "'" + more + "}");
    }

    private static int worker(Reply reply) {
        return reply.expect(200).json().path("worker_id").asInt();
    }

    @Test
    void load_is_the_same_on_both_and_either_may_be_told_of_its_end() {
        List<ServiceClient> both = pair();
        int worker = worker(reserve(both.getFirst(), "r1", ",'expected_output_tokens':50"));
        ServiceClient.await("the other's load", () -> requests(both.getLast(), worker) == 1);
        assertThat(load(both.getLast(), worker)).isEqualTo(load(both.getFirst(), worker));
        assertThat(load(both.getLast(), worker).path("potential_prefill_tokens").asInt())
                .isEqualTo(10);
        reserve(both.getLast(), "r1", "").expect(409);
        int next = worker(reserve(both.getLast(), "r2", ""));
        assertThat(next).as("the one that the first did not take").isNotEqualTo(worker);

        both.getLast().post("/reservations/r1/prefill_complete").expect(200);
        ServiceClient.await(
                "the prompt's end",
                () -> load(both.getFirst(), worker)
                                .path("potential_prefill_tokens")
                                .asInt()
                        == 0);
        both.getLast().send("DELETE", "/reservations/r1", null).expect(200);
        ServiceClient.await("the request's end", () -> requests(both.getFirst(), worker) == 0);
        both.getFirst().send("DELETE", "/reservations/r1", null).expect(404);
    }

    @Test
    void a_session_stays_on_its_worker_whichever_replica_is_asked() {
        List<ServiceClient> both = pair();
        int worker = worker(reserve(both.getFirst(), "s1", ",'session_id':'S'"));
        for (int i = 0; i < 3; i++) { // so that it costs more than the other
            String pinned = ",'pinned_worker':{'worker_id':" + worker + ",'dp_rank':0}";
            assertThat(worker(reserve(both.getFirst(), "load" + i, pinned))).isEqualTo(worker);
        }
        ServiceClient.await("the session", () -> worker(select(both.getLast())) == worker);
        ServiceClient.await("the load", () -> requests(both.getLast(), worker) == 4);
        assertThat(worker(reserve(both.getLast(), "s2", ""))).as("no session").isNotEqualTo(worker);
        assertThat(worker(reserve(both.getLast(), "s3", ",'session_id':'S'"))).isEqualTo(worker);
        int other = 3 - worker;
        assertThat(worker(reserve(both.getLast(), "s4", ",'session_id':'S','allowed_worker_ids':[" + other + "]")))
                .as("who names workers gets them")
                .isEqualTo(other);
        assertThat(worker(select(both.getLast()))).as("and moves no session").isEqualTo(worker);

        both.getLast().send("DELETE", "/workers/" + worker, null).expect(200);
        assertThat(worker(reserve(both.getLast(), "s5", ",'session_id':'S'"))).isEqualTo(other);
        ServiceClient.await("the session's new place", () -> worker(select(both.getFirst())) == other);
    }

    private static Reply select(ServiceClient replica) {
        return replica.post("/select", "{" + PROMPT + ",'session_id':'S'}");
    }

    @Test
    void what_is_about_nobody_known_here_changes_nothing_and_is_counted() {
        List<ServiceClient> both = pair();
        addWorker(both.getFirst(), 3);
        String other = "{'worker_id':4,'model_name':'m','routing_group':'g','endpoint':'http://10.0.0.4:8000',"
                + "'block_size':8,'kv_events_endpoint':'tcp://127.0.0.1:9'}";
        both.getFirst().post("/workers", other).expect(201);
        both.getLast()
                .post("/workers", other.replace("'block_size':8", "'block_size':4"))
                .expect(201);
        long before = figure(both.getLast(), "unknown");
        reserve(both.getFirst(), "a", ",'pinned_worker':{'worker_id':3,'dp_rank':0}")
                .expect(200);
        reserve(both.getFirst(), "b", ",'routing_group':'g'").expect(200);
        ServiceClient.await("both", () -> figure(both.getLast(), "unknown") == before + 2);
        assertThat(requests(both.getLast(), 1) + requests(both.getLast(), 2)).isZero();
        assertThat(figure(both.getLast(), "malformed")).isZero();
    }

    private static long figure(ServiceClient replica, String outcome) {
        String name = "jynamo_router_replica_events_total{outcome=\"" + outcome + "\"} ";
        return replica.get("/metrics")
                .text()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.substring(name.length())))
                .sum();
    }

    @Test
    void messages_that_are_none_are_passed_over() throws Exception {
        ServiceClient replica = client(start(options()));
        try (ZMQ.Context context = ZMQ.context(1);
                ZMQ.Socket stranger = context.socket(SocketType.PUB)) {
            stranger.setLinger(0);
            int port = stranger.bindToRandomPort("tcp://127.0.0.1");
            replica.post("/replica_sync/register_peer", "{'endpoint':'tcp://127.0.0.1:" + port + "'}")
                    .expect(201);
            ServiceClient.await("its words", () -> {
                stranger.sendMore("dynamo.slot-tracker.v1");
                stranger.send(new byte[] {(byte) 0x84, 1, 2});
                stranger.send("dynamo.slot-tracker.v1");
                stranger.sendMore("dynamo.slot-tracker.v1");
                stranger.sendMore(new byte[0]);
                stranger.send("too much");
                return figure(replica, "malformed") > 0;
            });
        }
        replica.get("/health").expect(200);
    }

    @Test
    void peers_are_listed_added_and_removed_and_addresses_that_are_none_refused() {
        ServiceClient replica = client(start(options()));
        String peer = "{'endpoint':'tcp://127.0.0.1:9'}";
        replica.post("/replica_sync/register_peer", peer).expect(201);
        replica.post("/selection/replica_sync/register_peer", peer).expect(200);
        assertThat(replica.get("/replica_sync/peers").expect(200).text()).isEqualTo("[\"tcp://127.0.0.1:9\"]");
        replica.post("/replica_sync/deregister_peer", peer).expect(200);
        replica.post("/replica_sync/deregister_peer", peer).expect(404);
        replica.post("/replica_sync/register_peer", "{'endpoint':'nonsense'}").expect(400);
        replica.post("/replica_sync/register_peer", "{}").expect(422);
        assertThat(replica.get("/replica_sync/peers").expect(200).text()).isEqualTo("[]");
        assertThat(replica.post("/slots/replica_sync/register_peer", peer)
                        .expect(409)
                        .text())
                .as("the selection service has the port")
                .contains("--replica-sync-port");
    }

    @Test
    void without_a_port_there_are_no_replicas_and_a_port_that_is_taken_is_said() {
        RouterServiceNode alone = start(RouterServiceOptions.on(0));
        client(alone)
                .post("/replica_sync/register_peer", "{'endpoint':'tcp://127.0.0.1:9'}")
                .expect(409);
        assertThat(client(alone).get("/replica_sync/peers").expect(200).text()).isEqualTo("[]");
        assertThat(alone.replicaPort()).isNegative();
        int taken = start(options()).replicaPort();
        var same = RouterServiceOptions.on(0).withReplicas(new ReplicaSync(taken, List.of()));
        assertThatThrownBy(() -> start(same)).isInstanceOfSatisfying(JynamoException.class, refused -> {
            assertThat(refused.code()).isEqualTo(ErrorCode.ADDRESS_IN_USE);
            assertThat(refused).hasMessageContaining("--replica-sync-port");
        });
        assertThatThrownBy(() -> new ReplicaSync(-1, List.of("tcp://127.0.0.1:9")))
                .hasMessageContaining("--replica-sync-port");
        assertThatThrownBy(() -> new ReplicaSync(0, List.of("udp://127.0.0.1:9")))
                .hasMessageContaining("udp");
    }

    @Test
    void slot_trackers_agree_where_they_are_offered_alone() {
        RouterServiceOptions slots = options().withServices(EnumSet.of(Kind.SLOTS));
        RouterServiceNode first = start(slots);
        RouterServiceNode second = start(options(first).withServices(EnumSet.of(Kind.SLOTS)));
        List<ServiceClient> both = List.of(client(first), client(second));
        both.forEach(replica -> replica.post(
                        "/register", "{'worker_id':1,'model_name':'m','block_size':4,'dp_start':0,'dp_size':1}")
                .expect(201));
        String request = "'model_name':'m','request_id':'q'";
        ServiceClient.await("the connection", () -> {
            both.getFirst()
                    .post(
                            "/add",
                            "{" + request + ",'worker_id':1,'dp_rank':0,'sequence_hashes':[11,-12],'new_isl_tokens':9}")
                    .expect(201);
            if (within(50, () -> slots(both.getLast(), "active_prefill_tokens") == 9)) {
                return true;
            }
            both.getFirst().post("/free", "{" + request + "}").expect(200);
            return false;
        });
        assertThat(slots(both.getLast(), "active_decode_blocks")).isEqualTo(2);
        both.getFirst().post("/prefill_complete", "{" + request + "}").expect(200);
        ServiceClient.await("the prompt's end", () -> slots(both.getLast(), "active_prefill_tokens") == 0);
        both.getFirst().post("/free", "{" + request + "}").expect(200);
        ServiceClient.await("the request's end", () -> slots(both.getLast(), "active_decode_blocks") == 0);
    }

    private static int slots(ServiceClient replica, String member) {
        return replica.get("/loads").expect(200).json().path(0).path(member).asInt();
    }
}
