package io.jynamo.cli.doctor;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** NVIDIA's driver, its library, and the GPUs that they show. */
final class GpuChecks {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Path DRIVER = Path.of("/proc/driver/nvidia/version");
    private static final String LIBRARY = "libcuda.so.1";
    private static final List<String> FOLDERS = List.of(
            "/usr/lib/x86_64-linux-gnu",
            "/usr/lib/aarch64-linux-gnu",
            "/usr/lib64",
            "/usr/lib",
            "/lib64",
            "/usr/local/nvidia/lib64",
            "/usr/local/cuda/compat",
            "/usr/lib/wsl/lib");

    private GpuChecks() {}

    static List<Finding> all() {
        Optional<String> driver = driver();
        Program.Outcome smi = Program.run(
                List.of("nvidia-smi", "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"),
                PATIENCE);
        return List.of(gpu(driver, smi), library(driver, find(System.getenv().getOrDefault("LD_LIBRARY_PATH", ""))));
    }

    private static Optional<String> driver() {
        try (var lines = Files.lines(DRIVER)) {
            return lines.findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static Finding gpu(Optional<String> driver, Program.Outcome smi) {
        String check = "GPU";
        String why = "engines on CUDA do not start without it";
        String mend = "run nvidia-smi and dmesg; after an update of the driver its module must be loaded anew: reboot";
        return switch (smi) {
            case Program.Outcome.Ended ended
            when ended.exitCode() == 0 ->
                Finding.ok(
                        check, String.join("; ", ended.output().strip().lines().toList()));
            case Program.Outcome.Ended ended
            when driver.isPresent() -> Finding.fail(check, "nvidia-smi " + ended.inWords(), why, mend);
            case Program.Outcome.TooSlow slow ->
                Finding.fail(
                        check, "nvidia-smi did not answer in " + slow.limit().toSeconds() + " s", why, mend);
            case Program.Outcome.NotStarted none
            when driver.isPresent() -> Finding.ok(check, driver.get() + "; no nvidia-smi to ask further");
            case Program.Outcome.Ended ended -> none();
            case Program.Outcome.NotStarted absent -> none();
        };
    }

    private static Finding none() {
        return Finding.info("GPU", "no NVIDIA driver here", "the embedded engine and CPU builds of others need none");
    }

    static Finding library(Optional<String> driver, Optional<Path> library) {
        if (library.isPresent()) {
            return Finding.ok(LIBRARY, library.get().toString());
        }
        return driver.isEmpty()
                ? Finding.info(LIBRARY, "not here", "it comes with the NVIDIA driver; only engines on CUDA need it")
                : Finding.warn(
                        LIBRARY,
                        "not found, though the driver is loaded",
                        "engines on CUDA load it when they start",
                        "run the container with --gpus all (NVIDIA Container Toolkit), or put its folder into"
                                + " LD_LIBRARY_PATH");
    }

    /** Where the loader usually looks; a folder that only its own cache names is not seen. */
    static Optional<Path> find(String searchPath) {
        List<String> folders = new ArrayList<>(List.of(searchPath.split(File.pathSeparator, -1)));
        folders.addAll(FOLDERS);
        return folders.stream()
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, LIBRARY))
                .filter(Files::exists)
                .findFirst();
    }
}
