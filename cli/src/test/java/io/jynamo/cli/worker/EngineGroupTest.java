package io.jynamo.cli.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.cli.frontend.FleetFrontend;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One engine on two nodes: offered while both are well, all of it started anew when one is not. */
class EngineGroupTest {
    private static final int TOKENS = 400;

    @TempDir
    private Path folder;

    private TestFleet fleet;
    private int meeting;

    @BeforeEach
    void begin() {
        fleet = new TestFleet(folder);
        meeting = LocalPorts.free();
    }

    @AfterEach
    void end() {
        fleet.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1"})
    void streamsOfAGroupThatLosesAMemberGoOnElsewhereAndAllOfItComesBack(String fallen) throws Exception {
        FleetFrontend frontend = fleet.frontend();
        fleet.worker(plain()); // the one they go on with
        String undisturbed = text(fleet.awaitAnswerOf(frontend, "m", "0", TOKENS));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<FollowerNode> follower = threads.submit(() -> fleet.own(FollowerNode.start(node("1"), Path::of)));
            fleet.worker(grouped("0"));
            follower.get();
            TestFleet.await("both workers", () -> TestFleet.ready(frontend) == 2);
            List<TestFleet.Started> first = group();
            assertThat(first).hasSize(2);
            List<Future<HttpResponse<String>>> streams = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                streams.add(threads.submit(() -> fleet.complete(frontend, "m", "0", TOKENS)));
            }
            first.stream().filter(one -> rank(one).equals(fallen)).forEach(TestFleet.Started::kill);
            TestFleet.await("the group's worker to be withdrawn", () -> TestFleet.ready(frontend) == 1);
            for (Future<HttpResponse<String>> stream : streams) {
                assertThat(text(stream.get())).isEqualTo(undisturbed);
            }
            TestFleet.await("the group to be offered again", () -> TestFleet.ready(frontend) == 2);
            assertThat(group().stream().filter(TestFleet.Started::isAlive))
                    .as("every member anew, once")
                    .hasSize(2)
                    .doesNotContainAnyElementsOf(first);
            assertThat(group()).hasSize(4);
            for (int i = 0; i < 2; i++) { // by both workers in turn
                assertThat(text(fleet.complete(frontend, "m", "0", TOKENS))).isEqualTo(undisturbed);
            }
        }
    }

    @Test
    void aGroupIsNotOfferedBeforeItIsWholeNorWhileANodeIsGone() throws Exception {
        FleetFrontend frontend = fleet.frontend();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<WorkerNode> leader = threads.submit(() -> fleet.worker(grouped("0")));
            TestFleet.await("the leader's engine", () -> group().size() == 1);
            assertThat(TestFleet.ready(frontend)).isZero();
            FollowerNode follower = FollowerNode.start(node("1"), Path::of);
            leader.get();
            fleet.awaitAnswer(frontend, "m");
            follower.close();
            TestFleet.await("the worker to be withdrawn", () -> TestFleet.ready(frontend) == 0);
            fleet.own(FollowerNode.start(node("1"), Path::of));
            TestFleet.await("the worker to be offered again", () -> TestFleet.ready(frontend) == 1);
            fleet.awaitAnswer(frontend, "m");
        }
    }

    private List<TestFleet.Started> group() {
        return fleet.engines("--nnodes");
    }

    private static String rank(TestFleet.Started engine) {
        return engine.line().get(engine.line().indexOf("--node-rank") + 1);
    }

    private static String text(HttpResponse<String> completion) {
        assertThat(completion.statusCode()).as(completion.body()).isEqualTo(200);
        return completion.body().substring(completion.body().indexOf("\"choices\""));
    }

    private WorkerNodeOptions node(String rank) {
        return fleet.options(grouped(rank));
    }

    private Map<String, String> grouped(String rank) {
        Map<String, String> told = plain();
        told.put("nnodes", "2");
        told.put("node-rank", rank);
        told.put("leader-address", "127.0.0.1:" + meeting);
        return told;
    }

    private Map<String, String> plain() {
        return new HashMap<>(Map.of(
                "engine",
                "vllm",
                "model",
                fleet.model("model").toString(),
                "served-model-name",
                "m",
                "engine-command",
                fleet.program().toString()));
    }
}
