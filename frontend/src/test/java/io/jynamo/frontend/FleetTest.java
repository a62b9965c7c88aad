package io.jynamo.frontend;

import static io.jynamo.frontend.ServerFixture.chat;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.fake.ScriptedWorker.Script;
import io.jynamo.frontend.fleet.FleetControl;
import io.jynamo.frontend.fleet.FleetMember;
import io.jynamo.frontend.fleet.FleetRoster;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import io.jynamo.protocol.WorkerState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The fleet as it is shown over HTTP, and what can be done to it there. */
class FleetTest {
    private static final WorkerId SEVEN = new WorkerId(7);
    private static final String CHAT = "/v1/chat/completions";

    @Test
    void workersAndTheStreamsTheyServeAreShown() throws Exception {
        Semaphore pace = new Semaphore(5);
        try (ServerFixture server =
                fixture(new ScriptedWorker(request -> Script.endless().paced(pace)))) {
            CompletableFuture<HttpResponse<String>> answer = server.client.sendAsync(
                    server.request(CHAT)
                            .POST(HttpRequest.BodyPublishers.ofString(
                                    chat("hi", "'stream':true,'max_tokens':8").replace('\'', '"')))
                            .build(),
                    BodyHandlers.ofString());
            ServerFixture.await(
                    () -> fleet(server).path("streams").path(0).path("tokens").asInt() == 5);
            JsonNode seen = fleet(server);

            JsonNode worker = seen.path("workers").path(0);
            assertThat(worker.path("id").asString()).isEqualTo("7");
            assertThat(worker.path("number").asInt()).isEqualTo(1);
            assertThat(worker.path("engine").asString()).isEqualTo("scripted");
            assertThat(worker.path("role").asString()).isEqualTo("agg");
            assertThat(worker.path("state").asString()).isEqualTo("ready");
            assertThat(worker.path("pid").asLong()).isEqualTo(4_711);
            assertThat(worker.path("kv_blocks_used").asInt()).isEqualTo(12);
            assertThat(worker.path("kv_blocks_total").asInt()).isEqualTo(64);
            assertThat(worker.path("requests").asInt()).isEqualTo(1);
            assertThat(worker.path("streams").asInt()).isEqualTo(1);
            assertThat(worker.path("controls").size()).isZero();
            JsonNode stream = seen.path("streams").path(0);
            assertThat(stream.path("id").asString()).startsWith("chatcmpl-");
            assertThat(stream.path("model").asString()).isEqualTo("org/test-model");
            assertThat(stream.path("worker").path("id").asString()).isEqualTo("7");
            assertThat(seen.path("streams_total").asInt()).isEqualTo(1);
            assertThat(texts(seen)).containsExactly("worker 1 joined");

            pace.release(3);
            answer.get(30, TimeUnit.SECONDS);
            ServerFixture.await(() -> fleet(server).path("streams_total").asInt() == 0);
            assertThat(fleet(server)
                            .path("workers")
                            .path(0)
                            .path("cached_tokens")
                            .asInt())
                    .as("half of the prompt, as the scripted worker says")
                    .isPositive();
        }
    }

    @Test
    void aStreamThatMovesSaysFromWhereAndTheEventHowLong() throws Exception {
        AtomicInteger starts = new AtomicInteger();
        Semaphore pace = new Semaphore(0);
        ScriptedWorker worker = new ScriptedWorker(request -> starts.getAndIncrement() == 0
                ? Script.text("abc").failing(ErrorCode.WORKER_LOST, "it died")
                : Script.endless().paced(pace));
        try (ServerFixture server = fixture(
                worker,
                options -> options.withGeneration(options.generation().withMigrations(3, Duration.ofSeconds(5))))) {
            CompletableFuture<HttpResponse<String>> answer = server.client.sendAsync(
                    server.request(CHAT)
                            .POST(HttpRequest.BodyPublishers.ofString(
                                    chat("hi", "'stream':true,'max_tokens':9").replace('\'', '"')))
                            .build(),
                    BodyHandlers.ofString());
            ServerFixture.await(
                    () -> fleet(server).path("streams").path(0).path("moves").asInt() == 1);
            assertThat(fleet(server)
                            .path("streams")
                            .path(0)
                            .path("moved_from")
                            .path("number")
                            .asInt())
                    .isEqualTo(1);
            ServerFixture.await(() -> texts(fleet(server)).stream()
                    .anyMatch(text -> text.matches("worker 1 lost streams: 1 stream moved in .*")));
            pace.release(6);
            assertThat(answer.get(30, TimeUnit.SECONDS).body()).contains("[DONE]");
        }
    }

    @Test
    void watchersAreToldASnapshotASecondAndEachEvent() throws Exception {
        List<FleetMember> members = new CopyOnWriteArrayList<>(List.of(member(SEVEN, WorkerState.READY, "")));
        try (ServerFixture server =
                        fixture(saying(), options -> options, () -> List.copyOf(members), FleetControl.NONE);
                Watch watch = new Watch(server)) {
            ServerFixture.await(() -> watch.snapshots() >= 1);
            assertThat(watch.first().path("events").path(0).path("text").asString())
                    .isEqualTo("worker 1 joined");
            assertThat(watch.first().path("history").isArray()).isTrue();
            ServerFixture.await(() -> watch.snapshots() >= 3);
            members.add(member(new WorkerId(8), WorkerState.LOADING, "reading"));
            ServerFixture.await(() -> watch.events().contains("worker 2 joined, loading"));
            members.set(1, member(new WorkerId(8), WorkerState.READY, ""));
            ServerFixture.await(() -> watch.events().contains("worker 2 is ready"));
            assertThat(watch.events()).doesNotHaveDuplicates();
        }
    }

    @Test
    void aSlowWatcherMissesSnapshotsAndCostsNoMemory() throws Exception {
        // A snapshot is larger than what the sockets between take, so one that is not read stops the next; and there is
        // news with every look.
        AtomicInteger looks = new AtomicInteger();
        FleetRoster roster = () -> {
            List<FleetMember> members = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                members.add(member(new WorkerId(100 + i), WorkerState.READY, "x".repeat(32_000)));
            }
            boolean odd = looks.getAndIncrement() % 2 == 1;
            members.add(member(SEVEN, odd ? WorkerState.READY : WorkerState.DRAINING, ""));
            return members;
        };
        try (ServerFixture server = fixture(saying(), options -> options, roster, FleetControl.NONE);
                RawSocket slow = new RawSocket(server.node.port());
                Watch quick = new Watch(server)) {
            slow.say("GET /v1/fleet/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
            ServerFixture.await(() -> quick.snapshots() >= 10);
            assertThat(snapshotsUntil(slow, quick.lastTime()))
                    .as("snapshots that waited for the slow one")
                    .isLessThan(6);
        }
    }

    /** Reads until a snapshot of that time or later has come, and says how many came. */
    private static int snapshotsUntil(RawSocket socket, String time) throws IOException {
        var lines = new BufferedReader(
                new InputStreamReader(socket.socket.getInputStream(), StandardCharsets.UTF_8), 1 << 20);
        int count = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("{\"time\":")) {
                count++;
                if (line.substring("{\"time\":".length()).compareTo(time) >= 0) {
                    return count;
                }
            }
        }
        throw new AssertionError("the stream ended after " + count + " snapshots");
    }

    @Test
    void watchersAreCountedAndTheRestRefused() throws Exception {
        try (ServerFixture server = fixture(saying())) {
            List<RawSocket> watching = new ArrayList<>();
            try {
                for (int i = 0; i < 64; i++) {
                    RawSocket one = new RawSocket(server.node.port());
                    watching.add(one);
                    one.say("GET /v1/fleet/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
                    one.until("event: snapshot");
                }
                HttpResponse<String> refused = server.get("/v1/fleet/events");
                assertThat(refused.statusCode()).isEqualTo(529);
                assertThat(ServerFixture.error(refused, "code")).isEqualTo("overloaded");
            } finally {
                watching.forEach(RawSocket::close);
            }
            ServerFixture.await(() -> {
                try (Watch again = new Watch(server)) {
                    return again.status() == 200;
                }
            });
        }
    }

    @Test
    void aServerThatStopsWaitsForStreamsAndNotForWatchers() throws Exception {
        try (ServerFixture server = fixture(saying());
                Watch watch = new Watch(server)) {
            ServerFixture.await(() -> watch.snapshots() >= 1);
            long before = System.nanoTime();
            server.node.close();
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(4));
            ServerFixture.await(watch::isOver);
        }
    }

    @Test
    void withoutAHandOnProcessesNothingIsOffered() {
        try (ServerFixture server = fixture(saying())) {
            HttpResponse<String> refused = server.post("/v1/fleet/workers/7/kill", "{}");
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(ServerFixture.error(refused, "message")).contains("no hand on the process of worker 7");
            assertThat(server.post("/v1/fleet/workers/8/kill", "{}").statusCode())
                    .isEqualTo(404);
            assertThat(server.post("/v1/fleet/workers/seven/kill", "{}").statusCode())
                    .isEqualTo(400);
            assertThat(server.post("/v1/fleet/workers/7/restart", "{}").statusCode())
                    .isEqualTo(404);
            assertThat(server.get("/v1/fleet/workers/7/kill").statusCode()).isEqualTo(405);
        }
    }

    @Test
    void aWorkersProcessIsKilledAndDrained() throws Exception {
        Process victim = new ProcessBuilder("sleep", "600").start();
        Process leaving = new ProcessBuilder("sleep", "600").start();
        try (ServerFixture server = controlled(victim, leaving)) {
            assertThat(fleet(server)
                            .path("workers")
                            .path(0)
                            .path("controls")
                            .valueStream()
                            .map(JsonNode::asString))
                    .containsExactly("drain", "kill");
            assertThat(server.post("/v1/fleet/workers/7/kill", "{}").statusCode())
                    .isEqualTo(202);
            assertThat(victim.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(victim.exitValue()).isEqualTo(137);
            assertThat(server.post("/v1/fleet/workers/8/drain", "{}").statusCode())
                    .isEqualTo(202);
            assertThat(leaving.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(leaving.exitValue()).isEqualTo(143);
            assertThat(texts(fleet(server))).contains("kill of worker 1 asked for", "drain of worker 2 asked for");
        } finally {
            victim.destroyForcibly();
            leaving.destroyForcibly();
        }
    }

    @Test
    void aPageOfAnotherSiteCannotKill() throws Exception {
        Process victim = new ProcessBuilder("sleep", "600").start();
        try (ServerFixture server = controlled(victim, victim)) {
            String body = "\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
            String own = "127.0.0.1:" + server.node.port();
            for (String headers : List.of(
                    "Host: " + own + "\r\nOrigin: http://evil.example",
                    "Host: " + own + "\r\nOrigin: null",
                    "Host: " + own + "\r\nOrigin: http://evil.example\r\nSec-Fetch-Site: cross-site",
                    "Host: " + own + "\r\nSec-Fetch-Site: same-site",
                    "Host: evil.example\r\nOrigin: http://evil.example\r\nSec-Fetch-Site: same-origin")) {
                assertThat(kill(server, headers + body)).as(headers).startsWith("HTTP/1.1 403");
            }
            String form = "\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
            assertThat(kill(server, "Host: " + own + form)).startsWith("HTTP/1.1 415");
            assertThat(victim.isAlive()).isTrue();
            String ours = "Host: " + own + "\r\nOrigin: http://" + own + "\r\nSec-Fetch-Site: same-origin";
            assertThat(kill(server, ours + body)).startsWith("HTTP/1.1 202");
            assertThat(victim.waitFor(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            victim.destroyForcibly();
        }
    }

    private static String kill(ServerFixture server, String headers) {
        try (RawSocket socket = new RawSocket(server.node.port())) {
            socket.say("POST /v1/fleet/workers/7/kill HTTP/1.1\r\n" + headers);
            return socket.rest();
        }
    }

    /** Workers 7 and 8, whose processes are these. */
    private static ServerFixture controlled(Process seven, Process eight) {
        FleetControl control = new FleetControl() {
            @Override
            public boolean offered(WorkerId worker) {
                return process(worker).isAlive();
            }

            @Override
            public void kill(WorkerId worker) {
                process(worker).toHandle().destroyForcibly();
            }

            @Override
            public void drain(WorkerId worker) {
                process(worker).toHandle().destroy();
            }

            private Process process(WorkerId worker) {
                return worker.equals(SEVEN) ? seven : eight;
            }
        };
        List<FleetMember> members =
                List.of(member(SEVEN, WorkerState.READY, ""), member(new WorkerId(8), WorkerState.READY, ""));
        return fixture(saying(), options -> options, () -> members, control);
    }

    private static ScriptedWorker saying() {
        return new ScriptedWorker(request -> Script.text("x"));
    }

    private static ServerFixture fixture(ScriptedWorker worker) {
        return fixture(worker, options -> options);
    }

    private static ServerFixture fixture(ScriptedWorker worker, UnaryOperator<FrontendOptions> options) {
        return fixture(worker, options, () -> List.of(member(SEVEN, WorkerState.READY, "")), FleetControl.NONE);
    }

    private static ServerFixture fixture(
            ScriptedWorker worker, UnaryOperator<FrontendOptions> options, FleetRoster roster, FleetControl control) {
        return new ServerFixture(worker, options, roster, control);
    }

    private static FleetMember member(WorkerId id, WorkerState state, String detail) {
        return new FleetMember(
                id,
                "org/test-model",
                "scripted",
                "127.0.0.1:9",
                4_711L,
                state,
                new WorkerLoad(1, 0, 0, 12, 64),
                detail);
    }

    private static JsonNode fleet(ServerFixture server) {
        return ServerFixture.json(server.get("/v1/fleet"));
    }

    private static List<String> texts(JsonNode fleet) {
        return fleet.path("events")
                .valueStream()
                .map(event -> event.path("text").asString())
                .toList();
    }

    /** A client that reads {@code /v1/fleet/events} on a thread of its own. */
    private static final class Watch implements AutoCloseable {
        private final HttpResponse<Stream<String>> response;
        private final Thread reader;
        private final List<String> events = new CopyOnWriteArrayList<>();
        private volatile JsonNode first = ServerFixture.JSON.createObjectNode();
        private volatile String lastTime = "";
        private final AtomicInteger snapshots = new AtomicInteger();

        Watch(ServerFixture server) {
            try {
                response = server.client.send(
                        server.request("/v1/fleet/events").GET().build(), BodyHandlers.ofLines());
            } catch (IOException | InterruptedException failed) {
                throw new IllegalStateException(failed);
            }
            reader = Thread.ofVirtual().start(this::read);
        }

        private void read() {
            try {
                response.body().forEach(this::onLine);
            } catch (UncheckedIOException closed) {
                // The test has seen enough.
            }
        }

        private void onLine(String line) {
            if (!line.startsWith("data: ")) {
                return;
            }
            JsonNode data = ServerFixture.JSON.readTree(line.substring("data: ".length()));
            if (data.has("text")) {
                events.add(data.path("text").asString());
                return;
            }
            if (snapshots.get() == 0) {
                first = data;
            }
            lastTime = Long.toString(data.path("time").asLong());
            snapshots.incrementAndGet();
        }

        int status() {
            return response.statusCode();
        }

        JsonNode first() {
            return first;
        }

        int snapshots() {
            return snapshots.get();
        }

        String lastTime() {
            return lastTime;
        }

        List<String> events() {
            return events;
        }

        boolean isOver() {
            return !reader.isAlive();
        }

        @Override
        public void close() {
            response.body().close();
        }
    }
}
