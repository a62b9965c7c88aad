package io.jynamo.engine.weights;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jazzer's way into the readers. A normal run replays the corpus in the resources folder ModelFileFuzzTestInputs; with JAZZER_FUZZ=1 in the
 * environment and -Dfuzz.search=true, one method at a time, it searches for inputs that break them.
 */
@Tag("fuzz")
class ModelFileFuzzTest {
    @TempDir
    Path folder;

    @FuzzTest(maxDuration = "5m")
    void gguf(byte[] data) throws IOException {
        open(Files.write(folder.resolve("m.gguf"), data));
    }

    @FuzzTest(maxDuration = "5m")
    void safetensors(byte[] data) throws IOException {
        open(MiniModel.writeFolder(folder, MiniModel.config(), data));
    }

    @FuzzTest(maxDuration = "5m")
    void config(byte[] data) throws IOException {
        MiniModel.writeFolder(
                folder, MiniModel.config(), MiniModel.safetensors().bytes());
        Files.write(folder.resolve("config.json"), data);
        open(folder);
    }

    private static void open(Path path) {
        try (ModelWeights weights = Models.open(path)) {
            for (TensorRole role : TensorRole.values()) {
                weights.find(role, 0).ifPresent(t -> t.data().toArray(ValueLayout.JAVA_BYTE));
            }
        } catch (JynamoException e) {
            // A refusal by name is the right answer to a broken file.
        }
    }
}
