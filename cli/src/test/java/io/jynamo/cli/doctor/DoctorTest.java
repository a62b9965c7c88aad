package io.jynamo.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DoctorTest {
    @TempDir
    private Path folder;

    @Test
    void a_taken_port_is_seen_and_a_free_one_too() throws IOException {
        int port;
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
            assertThat(PortCheck.of("127.0.0.1", port).status()).isEqualTo(Finding.Status.WARNING);
        }
        assertThat(PortCheck.of("127.0.0.1", 0).status()).isEqualTo(Finding.Status.OK);
    }

    @Test
    void this_jvm_passes_its_own_checks() {
        assertThat(Stream.of(JavaChecks.all(), CpuChecks.all()).flatMap(List::stream))
                .noneMatch(finding -> finding.status() == Finding.Status.FAILURE)
                .anyMatch(finding -> finding.what().contains("-bit vectors"));
    }

    @Test
    void whatever_is_not_well_says_why_it_matters_and_how_to_mend_it() {
        assertThat(Stream.of(
                                JavaChecks.all(),
                                CpuChecks.all(),
                                MemoryChecks.all(),
                                LimitChecks.all(),
                                GpuChecks.all(),
                                ModelChecks.all())
                        .flatMap(List::stream))
                .hasSizeGreaterThan(12)
                .allSatisfy(finding -> {
                    assertThat(finding.why().isEmpty()).isEqualTo(finding.status() == Finding.Status.OK);
                    if (finding.status() != Finding.Status.INFO) {
                        assertThat(finding.mend().isEmpty()).isEqualTo(finding.status() == Finding.Status.OK);
                    }
                });
    }

    @Test
    void limits_are_read_as_linux_writes_them() {
        String limits = """
                Limit                     Soft Limit           Hard Limit           Units
                Max open files            1024                 524288               files
                Max locked memory         unlimited            unlimited            bytes
                """;

        assertThat(LimitChecks.openFiles(limits))
                .extracting(Finding::status, Finding::what)
                .containsExactly(Finding.Status.WARNING, "up to 1024");
        assertThat(LimitChecks.lockedMemory(limits))
                .extracting(Finding::status, Finding::what)
                .containsExactly(Finding.Status.OK, "unlimited");
        assertThat(LimitChecks.openFiles("").status()).isEqualTo(Finding.Status.INFO);
    }

    @Test
    void no_gpu_is_no_failure_but_a_driver_that_does_not_answer_is() {
        var missing = new Program.Outcome.NotStarted("no nvidia-smi");
        var broken = new Program.Outcome.Ended(9, "Failed to initialize NVML: Driver/library version mismatch\n");
        var driver = Optional.of("NVRM version: 580.95.05");

        assertThat(GpuChecks.gpu(Optional.empty(), missing).status()).isEqualTo(Finding.Status.INFO);
        assertThat(GpuChecks.library(Optional.empty(), Optional.empty()).status())
                .isEqualTo(Finding.Status.INFO);
        assertThat(GpuChecks.gpu(driver, broken))
                .satisfies(finding -> assertThat(finding.status()).isEqualTo(Finding.Status.FAILURE))
                .satisfies(finding -> assertThat(finding.what()).contains("exit code 9", "version mismatch"));
        assertThat(GpuChecks.library(driver, Optional.empty()).status()).isEqualTo(Finding.Status.WARNING);
    }

    @Test
    void the_driver_library_is_found_on_the_search_path() throws IOException {
        Path library = Files.createFile(folder.resolve("libcuda.so.1"));

        assertThat(GpuChecks.find("/nowhere:" + folder)).contains(library);
    }

    @Test
    void nodes_of_memory_are_counted() throws IOException {
        Path nodes = folder.resolve("online");
        assertThat(NumaCheck.of(nodes).status()).isEqualTo(Finding.Status.INFO);
        Files.writeString(nodes, "0\n");
        assertThat(NumaCheck.of(nodes).status()).isEqualTo(Finding.Status.OK);
        Files.writeString(nodes, "0-1\n");
        assertThat(NumaCheck.of(nodes).mend()).contains("numactl");
    }

    @Test
    void a_model_folder_below_a_file_is_a_failure() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertThat(ModelChecks.folder(file.resolve("models")).status()).isEqualTo(Finding.Status.FAILURE);
        assertThat(ModelChecks.folder(folder.resolve("new/models")).status()).isEqualTo(Finding.Status.OK);
    }

    @Test
    void json_is_one_object_a_line_with_the_same_keys() {
        var out = new StringWriter();
        var report = new Report(new PrintWriter(out), true);
        report.accept(Finding.ok("JDK", "25"));
        report.accept(Finding.info("NUMA", "not known", "no \"sys\"\nhere"));
        report.accept(Finding.warn("disk", "1 GiB", "models are pulled", "make room"));
        assertThat(report.end().number()).isZero();
        report.accept(Finding.fail("memory", "1 MiB", "models need it", "free some"));
        assertThat(report.end().number()).isEqualTo(1);

        List<JsonNode> nodes = out.toString()
                .lines()
                .map(line -> JsonMapper.builder().build().readTree(line))
                .toList();
        assertThat(nodes).hasSize(4).allSatisfy(node -> {
            assertThat(node.propertyNames()).containsExactly("check", "status", "what", "why", "mend");
            assertThat(node).allSatisfy(value -> assertThat(value.isString()).isTrue());
        });
        assertThat(nodes.stream().map(node -> node.get("status").asString()))
                .containsExactly("ok", "info", "warning", "failure");
    }

    @Test
    void a_finding_and_its_remedy_share_a_line() {
        String text = Report.text(Finding.fail("memory", "1 MiB", "models need it", "free some"));

        assertThat(text.lines().findFirst().orElseThrow())
                .startsWith("failure memory")
                .endsWith("1 MiB -> free some");
        assertThat(text).contains("(models need it)");
    }
}
