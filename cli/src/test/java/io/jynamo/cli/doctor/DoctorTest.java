package io.jynamo.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DoctorTest {
    @Test
    void a_taken_port_is_seen_and_a_free_one_too() throws IOException {
        int port;
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
            assertThat(PortCheck.of("127.0.0.1", port).verdict()).isEqualTo(Finding.Verdict.WARN);
        }
        assertThat(PortCheck.of("127.0.0.1", 0).verdict()).isEqualTo(Finding.Verdict.OK);
    }

    @Test
    void this_jvm_passes_its_own_checks() {
        assertThat(Stream.of(JavaChecks.all(), CpuChecks.all()).flatMap(List::stream))
                .noneMatch(finding -> finding.verdict() == Finding.Verdict.FAIL)
                .anyMatch(finding -> finding.found().contains("-bit vectors"));
    }

    @Test
    void whatever_is_not_well_comes_with_advice() {
        assertThat(Stream.of(JavaChecks.all(), CpuChecks.all(), MemoryChecks.all(), ModelChecks.all())
                        .flatMap(List::stream))
                .allSatisfy(finding ->
                        assertThat(finding.advice().isEmpty()).isEqualTo(finding.verdict() == Finding.Verdict.OK));
    }
}
