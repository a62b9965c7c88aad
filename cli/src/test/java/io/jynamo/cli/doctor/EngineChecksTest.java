package io.jynamo.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against real Python environments, made for each test, in which packages are there or lack what they need. */
class EngineChecksTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    private Path python = Path.of("python3");
    private Path packages = Path.of("packages");

    @BeforeEach
    void makeEnvironment() throws IOException {
        Path environment = folder.resolve("venv");
        var made = Program.run(List.of("python3", "-m", "venv", "--without-pip", environment.toString()), PATIENCE);
        assumeTrue(
                made instanceof Program.Outcome.Ended ended && ended.exitCode() == 0,
                () -> "not run: this machine's python3 makes no environments: " + made);
        python = environment.resolve("bin/python3");
        try (var found = Files.walk(environment)) {
            packages = found.filter(path -> path.endsWith("site-packages"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void a_vllm_that_lacks_nvshmem_is_answered_in_one_line() throws IOException {
        install("torch", "2.13.0", "");
        install("vllm", "0.32.0", "import nvshmem\n");

        Finding vllm = finding("vllm", run(Duration.ofSeconds(30)));

        assertThat(vllm.status()).isEqualTo(Finding.Status.FAILURE);
        assertThat(Report.text(vllm).lines().findFirst().orElseThrow())
                .contains(
                        "ModuleNotFoundError: No module named 'nvshmem'",
                        "-> " + python + " -m pip install nvshmem4py-cu13");
    }

    @Test
    void a_torch_that_lacks_a_shared_library_is_answered_in_one_line() throws IOException {
        String text = "libnvshmem_host.so.3: cannot open shared object file: No such file or directory";
        install("torch", "2.13.0", "raise ImportError('" + text + "')\n");
        install("vllm", "0.32.0", "");

        Finding torch = finding("torch", run(Duration.ofSeconds(30)));

        assertThat(torch.status()).isEqualTo(Finding.Status.FAILURE);
        assertThat(Report.text(torch).lines().findFirst().orElseThrow())
                .contains(
                        "ImportError: " + text,
                        "-> " + python + " -m pip install nvidia-nvshmem-cu13",
                        "LD_LIBRARY_PATH");
    }

    @Test
    void an_extension_that_the_package_loads_late_is_imported_too() throws IOException {
        install("torch", "2.13.0", "");
        install("vllm", "0.32.0", "");
        Files.writeString(
                packages.resolve("vllm/_C.py"),
                "raise ImportError('libcuda.so.1: cannot open shared object file: No such file or directory')\n");

        assertThat(finding("vllm", run(Duration.ofSeconds(30))))
                .satisfies(finding -> assertThat(finding.what()).contains("libcuda.so.1"))
                .satisfies(finding -> assertThat(finding.mend()).contains("NVIDIA driver"));
    }

    @Test
    void a_complete_engine_passes_and_what_is_optional_is_named() throws IOException {
        install("torch", "2.13.0", "");
        install("vllm", "0.32.0", "print('hello from vllm')\n");
        install("lmcache", "0.5.6", "");

        List<Finding> findings = run(Duration.ofSeconds(30));

        assertThat(findings).noneMatch(finding -> finding.status() == Finding.Status.FAILURE);
        assertThat(finding("vllm", findings).what()).isEqualTo("0.32.0");
        assertThat(finding("ray", findings).status()).isEqualTo(Finding.Status.INFO);
        assertThat(finding("engine Python", findings).why())
                .contains("required: vllm, torch;", "optional: nvshmem, nixl, lmcache, flash_attn, triton, ray");
        assertThat(finding("vllm and lmcache", findings).status()).isEqualTo(Finding.Status.OK);
    }

    @Test
    void an_import_that_kills_python_is_one_finding_and_one_that_hangs_another() throws IOException {
        install("vllm", "0.32.0", "import os\nprint('last words', flush=True)\nos.kill(os.getpid(), 11)\n");
        install("torch", "2.13.0", "");
        install("nixl", "1.5.1", "import time\ntime.sleep(600)\n");

        List<Finding> findings = run(Duration.ofSeconds(8));

        assertThat(finding("vllm", findings))
                .satisfies(finding -> assertThat(finding.status()).isEqualTo(Finding.Status.FAILURE))
                .satisfies(finding -> assertThat(finding.what()).contains("killed by signal 11", "last words"));
        assertThat(finding("torch", findings).status()).isEqualTo(Finding.Status.OK);
        assertThat(finding("nixl", findings))
                .satisfies(finding -> assertThat(finding.status()).isEqualTo(Finding.Status.WARNING))
                .satisfies(finding -> assertThat(finding.what()).contains("8 s"));
    }

    @Test
    void a_python_that_is_none_is_a_failure() {
        var findings = new ArrayList<Finding>();
        new EngineChecks(PythonEngine.VLLM, folder.resolve("no-python"), PATIENCE).run(findings::add);

        assertThat(findings.getLast().status()).isEqualTo(Finding.Status.FAILURE);
        assertThat(findings.getLast().mend()).contains("--python");
    }

    @Test
    void the_python_beside_the_engines_command_is_its_own() throws IOException {
        Path command = Files.writeString(python.resolveSibling("vllm"), "#!/bin/sh\n");
        assertThat(command.toFile().setExecutable(true)).isTrue();

        assertThat(EngineChecks.python(PythonEngine.VLLM, "/nowhere:" + python.getParent()))
                .isEqualTo(python);
    }

    @Test
    void versions_that_were_never_tried_together_are_a_warning() {
        assertThat(EngineChecks.pair(Map.of("vllm", "0.32.0+cpu", "lmcache", "0.5.6")))
                .hasValueSatisfying(finding -> assertThat(finding.status()).isEqualTo(Finding.Status.OK));
        assertThat(EngineChecks.pair(Map.of("vllm", "0.9.0", "lmcache", "0.5.6")))
                .hasValueSatisfying(finding -> assertThat(finding.mend()).contains("vllm 0.32.0 with lmcache 0.5.6"));
        assertThat(EngineChecks.pair(Map.of("vllm", "0.32.0"))).isEmpty();
    }

    private List<Finding> run(Duration limit) {
        var findings = new ArrayList<Finding>();
        new EngineChecks(PythonEngine.VLLM, python, limit).run(findings::add);
        return findings;
    }

    private static Finding finding(String check, List<Finding> findings) {
        return findings.stream()
                .filter(finding -> finding.check().equals(check))
                .findFirst()
                .orElseThrow();
    }

    /** A package as pip leaves it: its code, and its metadata beside it. */
    private void install(String name, String version, String code) throws IOException {
        Files.writeString(Files.createDirectories(packages.resolve(name)).resolve("__init__.py"), code);
        Path metadata = Files.createDirectories(packages.resolve(name + "-" + version + ".dist-info"));
        Files.writeString(
                metadata.resolve("METADATA"), "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n");
    }
}
