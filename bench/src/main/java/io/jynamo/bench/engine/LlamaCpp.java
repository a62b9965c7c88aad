package io.jynamo.bench.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * llama.cpp as {@code ../shared/tools/llama-cpp} sets it up, in one of its CPU builds.
 *
 * @param name in the table
 * @param cpu the value of LLAMA_CPU, or empty for the build it picks
 */
record LlamaCpp(String name, String cpu, Path tool, int threads) {
    /** Its default build and the one without matrix units, or none where it is not set up. */
    static List<LlamaCpp> installed(int threads) {
        Optional<Path> tool = findTool();
        if (tool.isEmpty() || !Files.isExecutable(EngineBench.peers().resolve("llama-cpp/venv/bin/python"))) {
            return List.of();
        }
        return List.of(
                new LlamaCpp("llama.cpp icelake", "icelake", tool.get(), threads),
                new LlamaCpp("llama.cpp default", "", tool.get(), threads));
    }

    private static Optional<Path> findTool() {
        String root = System.getProperty("jynamo.root", ".");
        Path tool = Path.of(root, "..", "shared", "tools", "llama-cpp", "bench").toAbsolutePath();
        return Optional.of(tool).filter(Files::isExecutable);
    }

    EngineFigures measure(Path model) {
        ProcessBuilder builder = new ProcessBuilder(
                tool.toString(),
                model.toAbsolutePath().toString(),
                "--threads",
                Integer.toString(threads),
                "--batch",
                "1,8,16",
                "--seconds",
                "2");
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        if (!cpu.isEmpty()) {
            builder.environment().put("LLAMA_CPU", cpu);
        }
        try {
            Process process = builder.start();
            String line = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalArgumentException(tool + " failed on " + model);
            }
            JsonNode run = new JsonMapper().readTree(line).get("runs").get(0);
            return new EngineFigures(
                    median(run, "prefill_512"),
                    median(run, "decode_batch_1"),
                    median(run, "decode_batch_8"),
                    median(run, "decode_batch_16"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static double median(JsonNode run, String what) {
        return run.path(what).path("tok_s_median").doubleValue(0);
    }
}
