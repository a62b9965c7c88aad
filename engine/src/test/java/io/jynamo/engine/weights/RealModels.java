package io.jynamo.engine.weights;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds downloaded models; a test that asks for one that is not there says so and does not run. */
public final class RealModels {
    public static final String SMOLLM2 = "SmolLM2-135M-Instruct.Q4_1.gguf";
    public static final String GEMMA3 = "gemma-3-270m-q4_k_m.gguf";

    private RealModels() {}

    public static Path require(String name) {
        Path scratch = Optional.ofNullable(System.getenv("JYNAMO_PEERS"))
                .map(Path::of)
                .orElse(Path.of(System.getProperty("user.home"), ".cache", "jynamo-peers"));
        Path file = scratch.resolve("models").resolve(name);
        assumeTrue(Files.exists(file), () -> "not run: the model " + name + " has not been downloaded");
        return file;
    }
}
