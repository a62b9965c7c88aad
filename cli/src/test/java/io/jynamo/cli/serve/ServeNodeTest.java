package io.jynamo.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.YamlFile;
import io.jynamo.cli.settings.HttpSettings;
import io.jynamo.cli.settings.ModelOptions;
import io.jynamo.cli.settings.ModelSettings;
import io.jynamo.cli.settings.WorkerSettings;
import io.jynamo.cli.worker.WorkerSetup;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServeNodeTest {
    @Test
    void whatFailsAfterTheModelIsLoadedLeavesNothingBehind() throws IOException {
        int port = freePort();

        // A name that no model can have is found out when the loaded one is offered, where nothing looked before.
        ServeOptions blank = withNames(simulated(port, "good"), "good", " ");
        assertThatThrownBy(() -> ServeNode.start(blank, ServeNodeTest::noFiles))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name");

        assertThat(engineThreads()).isEmpty();
        try (ServerSocket again = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(again.isBound()).isTrue();
        }
    }

    @Test
    void aTakenPortIsToldBeforeAnythingElseStarts() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(
                            () -> ServeNode.start(simulated(taken.getLocalPort(), "simulated"), ServeNodeTest::noFiles))
                    .isInstanceOfSatisfying(
                            JynamoException.class,
                            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.ADDRESS_IN_USE));
            assertThat(engineThreads()).isEmpty();
        }
    }

    private static List<String> engineThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("simulated-engine-"))
                .toList();
    }

    private static Path noFiles(String model) {
        throw new AssertionError("no model was asked for: " + model);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static ServeOptions withNames(ServeOptions options, String... names) {
        WorkerSetup setup = options.setup();
        var model = new ModelOptions(
                setup.model().model(), List.of(names), setup.model().maxModelLen());
        return new ServeOptions(
                new WorkerSetup(model, setup.engine(), setup.sim(), setup.foreign()),
                options.router(),
                options.parsers(),
                options.http(),
                options.log());
    }

    private static ServeOptions simulated(int port, String... names) {
        Map<String, List<String>> flags = Map.of(
                HttpSettings.HOST.name(), List.of("127.0.0.1"),
                HttpSettings.PORT.name(), List.of(Integer.toString(port)),
                WorkerSettings.WORKERS.name(), List.of("2"),
                ModelSettings.SERVED_MODEL_NAME.name(), List.of(names),
                WorkerSettings.ENGINE.name(), List.of("sim"));
        var problems = new Problems();
        var sources = new Configuration.Sources(flags, Map.of(), YamlFile.NONE);
        var options = ServeOptions.of(Configuration.resolve(ServeSettings.ALL, sources, problems), problems);
        problems.throwIfAny();
        return options;
    }
}
