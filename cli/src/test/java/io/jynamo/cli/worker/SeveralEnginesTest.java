package io.jynamo.cli.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Several engines of others behind one process, which offers workers to a fleet or is a whole one. */
class SeveralEnginesTest {
    private static final String PROMPT = "one two three";

    /** What the process is. */
    enum Form {
        WORKER,
        SERVE
    }

    /** A worker as the fleet's page shows it. */
    private record Member(String model, String state, String detail) {}

    @TempDir
    private Path folder;

    private TestFleet fleet;
    private URI address = URI.create("http://127.0.0.1:9");

    @BeforeEach
    void begin() {
        fleet = new TestFleet(folder);
    }

    @AfterEach
    void end() {
        fleet.close();
    }

    @ParameterizedTest
    @EnumSource
    void all_get_requests_and_one_that_dies_is_left_until_it_is_back(Form form) throws Exception {
        FakeServer first = server(0, 1, served("m", 4096));
        FakeServer second = server(0, 1, served("m", 4096));
        start(form, "m", first.url(), second.url());
        awaitReady(2);
        awaitAnswer("m");
        String whole = text(complete("m", 5));
        assertThat(text(complete("m", 5))).isEqualTo(whole);
        assertThat(List.of(asked(first, 5), asked(second, 5))).containsExactly(1L, 1L);

        int most = 400;
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<String> client = () -> text(complete("m", most));
            List<Future<String>> answers = List.of(clients.submit(client), clients.submit(client));
            TestFleet.await("a stream at each", () -> asked(first, most) == 1 && asked(second, most) == 1);
            first.close();
            assertThat(answers.getFirst().get()).isEqualTo(answers.getLast().get());
        }
        assertThat(asked(second, most))
                .as("the lost stream went on there, for fewer tokens")
                .isEqualTo(1);
        awaitReady(1);
        assertThat(complete("m", 6)).contains("\"text\"");
        assertThat(complete("m", 6)).contains("\"text\"");

        FakeServer again = server(first.url().getPort(), 1, served("m", 4096));
        awaitReady(2);
        TestFleet.await("a request at the one that is back", () -> {
            complete("m", 7);
            return asked(again, 7) > 0;
        });
    }

    @ParameterizedTest
    @EnumSource
    void one_that_is_not_there_yet_is_shown_with_the_reason_and_joined_later(Form form) throws IOException {
        FakeServer running = server(0, 2, served("m", 4096));
        int port;
        try (Socket reserved = reserved()) {
            port = reserved.getLocalPort();
            start(form, "m", url(port), running.url());
            awaitReady(2);
            awaitAnswer("m");
            assertThat(members())
                    .filteredOn(member -> member.state().equals("loading"))
                    .singleElement()
                    .satisfies(missing -> assertThat(missing.detail())
                            .startsWith("not reachable: ")
                            .contains(url(port).toString(), "refused"));
        }
        FakeServer late = server(port, 2, served("m", 4096));
        awaitReady(4);
        assertThat(members()).hasSize(4);
        TestFleet.await("a request at the late one", () -> {
            complete("m", 7);
            return asked(late, 7) > 0;
        });
    }

    @Test
    void one_that_takes_connections_and_says_nothing_holds_up_nobody() throws IOException {
        FakeServer running = server(0, 1, served("m", 4096));
        try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            start(Form.SERVE, "m", url(silent.getLocalPort()), running.url());
            assertThat(members()).extracting(Member::state).containsExactlyInAnyOrder("loading", "ready");
            assertThat(members())
                    .extracting(Member::detail)
                    .contains("joining the engine at " + url(silent.getLocalPort()));
            assertThat(complete("m", 4)).contains("\"text\"");
            fleet.close(); // what is waited for is given up
        }
    }

    @ParameterizedTest
    @EnumSource
    void none_that_answers_is_one_error_that_names_them_all(Form form) throws IOException {
        try (Socket one = reserved();
                Socket other = reserved()) {
            assertThatThrownBy(() -> start(form, "m", url(one.getLocalPort()), url(other.getLocalPort())))
                    .isInstanceOfSatisfying(JynamoException.class, failed -> {
                        assertThat(failed.code()).isEqualTo(ErrorCode.WORKER_LOST);
                        assertThat(failed)
                                .hasMessageStartingWith("none of the 2 engines can be joined: ")
                                .hasMessageContaining(url(one.getLocalPort()) + " does not answer: the connection was")
                                .hasMessageContaining(
                                        url(other.getLocalPort()) + " does not answer: the connection was");
                    });
            assertThatThrownBy(() -> start(form, "m", url(one.getLocalPort())))
                    .as("the only one")
                    .hasMessageStartingWith("the engine at " + url(one.getLocalPort()) + " does not answer");
        }
    }

    @ParameterizedTest
    @EnumSource
    void each_exchanges_its_model_on_its_own(Form form) {
        FakeServer first = server(0, 1, served("old", 4096));
        FakeServer second = server(0, 1, served("old", 4096));
        start(form, "old", first.url(), second.url());
        awaitReady(2);
        awaitAnswer("old");

        first.serve(served("new", 2048));
        TestFleet.await("the new one", () -> {
            assertThat(complete("old", 3)).as("while one exchanges it").contains("\"text\"");
            return fleet.complete(address, "new", PROMPT, 2).statusCode() == 200;
        });
        assertThat(members())
                .filteredOn(member -> member.state().equals("ready"))
                .extracting(Member::model)
                .containsExactlyInAnyOrder("old", "new");
        assertThat(complete("old", 8)).contains("\"text\"");
        assertThat(complete("old", 8)).contains("\"text\"");
        assertThat(asked(first, 8)).isZero();

        second.serve(served("new", 2048));
        assertThat(fleet.complete(address, "old", PROMPT, 3).statusCode())
                .as("nobody has it any more, which is found out by this")
                .isIn(502, 503);
        TestFleet.await(
                "the new one alone",
                () -> members().stream()
                                .filter(member -> member.model().equals("new")
                                        && member.state().equals("ready"))
                                .count()
                        == 2);
        assertThat(fleet.complete(address, "old", PROMPT, 2).statusCode()).isEqualTo(503);
        TestFleet.await("a request at each", () -> {
            complete("new", 9);
            return asked(first, 9) > 0 && asked(second, 9) > 0;
        });
    }

    @Test
    void one_of_another_context_is_not_served_beside_the_others_until_it_has_theirs() {
        FakeServer first = server(0, 1, served("m", 4096));
        FakeServer second = server(0, 1, served("m", 2048));
        start(Form.SERVE, "m", first.url(), second.url());
        TestFleet.await(
                "one with a reason",
                () -> members().stream()
                        .anyMatch(member -> member.detail().startsWith("not joined: ")
                                && member.detail().contains("a context of")));
        assertThat(ready()).isEqualTo(1);
        first.serve(served("m", 8192));
        second.serve(served("m", 8192));
        awaitReady(2);
    }

    private void start(Form form, String model, URI... engines) {
        Map<String, String> settings = Map.of(
                "engine",
                "vllm",
                "attach",
                Arrays.stream(engines).map(URI::toString).collect(Collectors.joining(",")),
                "model",
                fleet.model(model).toString());
        switch (form) {
            case WORKER -> {
                address = fleet.frontend().address();
                fleet.worker(settings);
            }
            case SERVE -> address = fleet.serve(settings).address();
        }
    }

    private FakeServer server(int port, int ranks, FakeServer.Model model) {
        return fleet.own(new FakeServer(FakeServer.Kind.VLLM, port, ranks, model));
    }

    private FakeServer.Model served(String id, int context) {
        return new FakeServer.Model(id, fleet.model(id).toString(), context);
    }

    /** A port that refuses whoever connects and that nobody else gets. */
    private static Socket reserved() {
        try {
            Socket socket = new Socket();
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static URI url(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Requests of so many tokens that it got. */
    private static long asked(FakeServer server, int tokens) {
        return server.calls().stream()
                .filter(call -> call.body().contains("\"max_tokens\":" + tokens + ","))
                .count();
    }

    private String complete(String model, int tokens) {
        return fleet.complete(address, model, PROMPT, tokens).body();
    }

    private void awaitAnswer(String model) {
        TestFleet.await(
                "an answer of " + model,
                () -> fleet.complete(address, model, PROMPT, 2).statusCode() == 200);
    }

    private static String text(String body) {
        JsonNode choice = JsonMapper.shared().readTree(body).path("choices").path(0);
        assertThat(choice.path("finish_reason").asString()).as(body).isEqualTo("length");
        return choice.path("text").asString();
    }

    private List<Member> members() {
        List<Member> members = new ArrayList<>();
        JsonMapper.shared()
                .readTree(fleet.get(address, "/v1/fleet"))
                .path("workers")
                .forEach(worker -> members.add(new Member(
                        worker.path("model").asString(),
                        worker.path("state").asString(),
                        worker.path("detail").asString())));
        return members;
    }

    private long ready() {
        return members().stream()
                .filter(member -> member.state().equals("ready"))
                .count();
    }

    private void awaitReady(int count) {
        TestFleet.await(count + " ready workers", () -> ready() == count);
    }
}
