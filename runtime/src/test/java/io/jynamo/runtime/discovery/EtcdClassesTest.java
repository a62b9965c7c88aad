package io.jynamo.runtime.discovery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a Java process loads and prints for each of the stores. */
class EtcdClassesTest {
    private static final Pattern CLIENT =
            Pattern.compile("(io\\.etcd|io\\.grpc|io\\.vertx|com\\.google|io\\.netty)\\.");

    @TempDir
    Path folder;

    /** Opens a store, watches it until it is told of its state, and ends. */
    static final class Opener {
        private Opener() {}

        public static void main(String[] arguments) {
            try (Discovery discovery = DiscoverySpec.parse(arguments[0]).open()) {
                Told told = new Told();
                discovery.watch("", told);
                told.await("told", it -> !it.states().isEmpty());
            }
        }
    }

    private static String open(String flag, String spec) throws Exception {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED",
                        flag,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Opener.class.getName(),
                        spec))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    @Test
    void the_client_is_loaded_where_etcd_is_chosen_alone() throws Exception {
        assertThat(open("-Xlog:class+load", "memory"))
                .contains("MemoryDiscovery")
                .doesNotContainPattern(CLIENT);
        assertThat(open("-Xlog:class+load", "file:" + folder.resolve("entries")))
                .contains("FileDiscovery")
                .doesNotContainPattern(CLIENT);
        assertThat(open("-Xlog:class+load", nowhere())).contains("io.etcd.jetcd.");
    }

    @Test
    void the_client_prints_nothing_of_its_own() throws Exception {
        assertThat(open("-Xmx256m", nowhere()).lines())
                .allSatisfy(line -> assertThat(line).containsAnyOf("Feed", "goes on with what it knows"));
    }

    private static String nowhere() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "etcd://127.0.0.1:" + socket.getLocalPort() + "?patience=500ms";
        }
    }
}
