package io.jynamo.runtime.discovery;

import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class EtcdDiscoveryTest extends DiscoveryContract {
    private static final AtomicInteger TESTS = new AtomicInteger();

    @TempDir
    static Path folder;

    private static @Nullable EtcdServer server;
    private String prefix = "";

    @BeforeAll
    static void start() throws Exception {
        server = EtcdServer.start(folder.resolve("data"));
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void each_test_has_a_prefix_of_its_own() {
        prefix = "/test-" + TESTS.incrementAndGet() + "/";
    }

    @Override
    protected Discovery another() {
        return new EtcdDiscovery(
                EtcdOptions.at(Objects.requireNonNull(server).endpoint()).withPrefix(prefix));
    }
}
