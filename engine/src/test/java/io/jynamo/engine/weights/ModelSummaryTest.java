package io.jynamo.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelSummaryTest {
    @TempDir
    Path folder;

    @Test
    void describesGguf() throws IOException {
        Path file = Files.write(folder.resolve("m.gguf"), MiniModel.gguf().bytes());
        ModelSummary summary = ModelSummary.read(file);
        assertThat(summary.architecture()).isEqualTo("llama");
        assertThat(summary.sizeBytes()).isEqualTo(Files.size(file));
        assertThat(summary.tensorTypes()).containsEntry("Q4_0", 2).containsEntry("F32", 3);
        assertThat(summary.tensorTypes().firstEntry().getKey()).isEqualTo("F32");
        assertThat(summary.contextLength()).isEqualTo(128);
        assertThat(summary.licence()).isEqualTo("none");
        assertThat(ModelSummary.read(folder)).isEqualTo(summary);
    }

    @Test
    void describesWhatTheEngineCannotCompute() throws IOException {
        byte[] bytes = MiniModel.gguf().put("general.architecture", "mamba").bytes();
        ModelSummary summary = ModelSummary.read(Files.write(folder.resolve("m.gguf"), bytes));
        assertThat(summary.architecture()).isEqualTo("mamba");
        assertThat(summary.contextLength()).isZero();
    }

    @Test
    void describesFolders() throws IOException {
        MiniModel.writeFolder(
                folder, MiniModel.config(), MiniModel.safetensors().bytes());
        ModelSummary summary = ModelSummary.read(folder);
        assertThat(summary.architecture()).isEqualTo("LlamaForCausalLM");
        assertThat(summary.tensorTypes()).containsOnlyKeys("BF16");
        assertThat(summary.contextLength()).isEqualTo(128);
    }
}
