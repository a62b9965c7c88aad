package io.jynamo.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.cli.settings.FleetOptions;
import io.jynamo.cli.worker.InstanceRecord;
import io.jynamo.protocol.WorkerId;
import io.jynamo.runtime.discovery.DiscoverySpec;
import io.jynamo.runtime.session.Credentials;
import io.jynamo.runtime.session.SessionLimits;
import io.jynamo.runtime.session.Transport;
import io.jynamo.runtime.session.WorkerDescription;
import io.jynamo.runtime.session.WorkerServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store in a folder, and workers that are announced in it. */
class FleetChecksTest {
    private static final Credentials SECRET = new Credentials("a token of the fleet", null);

    @TempDir
    private Path folder;

    @Test
    void a_store_that_works_shows_a_probe_and_keeps_nothing_of_it() throws Exception {
        List<Finding> findings = run("file:" + folder, Credentials.NONE);

        assertThat(findings).noneMatch(finding -> finding.status() == Finding.Status.FAILURE);
        assertThat(finding("discovery store", findings).what()).contains("was seen after", "withdrawn");
        assertThat(finding("workers", findings).what()).contains("none is announced in namespace blue");
        assertThat(finding("clock", findings).status()).isEqualTo(Finding.Status.INFO);
        try (var left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void a_store_that_cannot_be_written_is_a_failure() throws Exception {
        Path file = Files.createFile(folder.resolve("file")); // also for root, whom permissions do not stop

        List<Finding> findings = run("file:" + file + "/store", Credentials.NONE);

        assertThat(findings).hasSize(1);
        assertThat(findings.getFirst().status()).isEqualTo(Finding.Status.FAILURE);
        assertThat(findings.getFirst().what()).contains(file.toString());
        assertThat(findings.getFirst().mend()).contains("this user can write the folder");
    }

    @Test
    void a_store_that_is_none_is_a_failure() throws Exception {
        assertThat(run("carrier-pigeon", Credentials.NONE))
                .singleElement()
                .satisfies(finding -> assertThat(finding.what()).contains("no such store"));
    }

    @Test
    void workers_say_their_state_to_who_has_the_token() throws Exception {
        WorkerId id = new WorkerId(7);
        try (var transport = new Transport(1);
                var server = WorkerServer.listen(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        SECRET,
                        SessionLimits.DEFAULT,
                        transport);
                var store = DiscoverySpec.parse("file:" + folder).open()) {
            server.host(WorkerDescription.loading(id, "sim", List.of("tiny"), "half of it"));
            announce(store, id, "127.0.0.1", server.address().getPort());

            assertThat(finding("worker " + id, run("file:" + folder, SECRET)))
                    .satisfies(finding -> assertThat(finding.what()).contains("says LOADING", "tiny", "half of it"))
                    .satisfies(finding -> assertThat(finding.status()).isEqualTo(Finding.Status.INFO))
                    .satisfies(finding -> assertThat(finding.why()).contains("only processes of this machine"));
            assertThat(finding("worker " + id, run("file:" + folder, Credentials.NONE))
                            .status())
                    .isEqualTo(Finding.Status.FAILURE);
        }
    }

    @Test
    void workers_that_nobody_here_can_call_are_failures() throws Exception {
        WorkerId dead = new WorkerId(8);
        WorkerId anywhere = new WorkerId(9);
        try (var store = DiscoverySpec.parse("file:" + folder).open()) {
            announce(store, dead, "127.0.0.1", freePort());
            announce(store, anywhere, "0.0.0.0", 4000);

            List<Finding> findings = run("file:" + folder, Credentials.NONE);

            assertThat(finding("worker " + dead, findings))
                    .satisfies(finding -> assertThat(finding.status()).isEqualTo(Finding.Status.FAILURE))
                    .satisfies(finding -> assertThat(finding.mend()).contains("--advertise-host"));
            assertThat(finding("worker " + anywhere, findings))
                    .satisfies(finding -> assertThat(finding.status()).isEqualTo(Finding.Status.FAILURE))
                    .satisfies(finding -> assertThat(finding.what()).contains("no address to call"));
        }
    }

    @Test
    void clocks_that_differ_are_a_warning() {
        Instant now = Instant.parse("2026-11-27T08:00:00Z");
        Instant soon = now.plusMillis(5);

        assertThat(StoreChecks.clock(now, now, soon).status()).isEqualTo(Finding.Status.OK);
        assertThat(StoreChecks.clock(now, now.minusSeconds(90), soon))
                .satisfies(finding -> assertThat(finding.status()).isEqualTo(Finding.Status.WARNING))
                .satisfies(finding -> assertThat(finding.what()).isEqualTo("90000 ms ahead of the store's"));
        assertThat(StoreChecks.clock(now, soon.plus(Duration.ofSeconds(3)), soon)
                        .what())
                .isEqualTo("3000 ms behind the store's");
    }

    private static void announce(io.jynamo.runtime.discovery.Discovery store, WorkerId id, String host, int port) {
        store.publish(new InstanceRecord(id, host, port, "sim", List.of("tiny")).entry("blue"));
    }

    /** One that was just given back. */
    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static List<Finding> run(String store, Credentials credentials) throws InterruptedException {
        var findings = new ArrayList<Finding>();
        DoctorCommand.fleet(new FleetOptions(store, "blue", credentials), findings::add);
        return findings;
    }

    private static Finding finding(String check, List<Finding> findings) {
        return findings.stream()
                .filter(finding -> finding.check().equals(check))
                .findFirst()
                .orElseThrow(() -> new AssertionError(check + " in " + findings));
    }
}
