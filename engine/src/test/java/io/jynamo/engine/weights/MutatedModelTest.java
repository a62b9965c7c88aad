package io.jynamo.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Damaged files either open, and then every number can be read, or are refused by name. Nothing else comes out. */
class MutatedModelTest {
    private static final Set<ErrorCode> NAMED =
            EnumSet.of(ErrorCode.MODEL_FILE_CORRUPT, ErrorCode.MODEL_FILE_MISSING, ErrorCode.MODEL_UNSUPPORTED);
    private static final int ROUNDS = 400;

    @TempDir
    Path folder;

    /** Three seeds that stay and one that is new each time; a failure prints it. */
    static LongStream seeds() {
        return LongStream.of(1, 2, 3, ThreadLocalRandom.current().nextLong());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void gguf(long seed) throws IOException {
        mutateGguf(seed, ROUNDS);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void safetensors(long seed) throws IOException {
        mutateSafetensors(seed, ROUNDS);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void config(long seed) throws IOException {
        mutateConfig(seed, ROUNDS);
    }

    @Test
    @Tag("long")
    void manyOfEach() throws IOException {
        long seed = ThreadLocalRandom.current().nextLong();
        mutateGguf(seed, 40 * ROUNDS);
        mutateSafetensors(seed, 40 * ROUNDS);
        mutateConfig(seed, 40 * ROUNDS);
    }

    private void mutateGguf(long seed, int rounds) throws IOException {
        var random = new SplittableRandom(seed);
        byte[] whole = MiniModel.gguf().bytes();
        Path file = folder.resolve("m.gguf");
        for (int round = 0; round < rounds; round++) {
            Files.write(file, Mutation.apply(whole, 1600, random));
            openOrRefuse(file, seed, round);
        }
    }

    private void mutateSafetensors(long seed, int rounds) throws IOException {
        var random = new SplittableRandom(seed);
        byte[] whole = MiniModel.safetensors().bytes();
        for (int round = 0; round < rounds; round++) {
            MiniModel.writeFolder(folder, MiniModel.config(), Mutation.apply(whole, 1400, random));
            openOrRefuse(folder, seed, round);
        }
    }

    private void mutateConfig(long seed, int rounds) throws IOException {
        var random = new SplittableRandom(seed);
        byte[] whole = MiniModel.config().toString().getBytes(StandardCharsets.UTF_8);
        MiniModel.writeFolder(
                folder, MiniModel.config(), MiniModel.safetensors().bytes());
        for (int round = 0; round < rounds; round++) {
            Files.write(folder.resolve("config.json"), Mutation.apply(whole, whole.length, random));
            openOrRefuse(folder, seed, round);
        }
    }

    private static void openOrRefuse(Path path, long seed, int round) {
        try (ModelWeights weights = Models.open(path)) {
            for (TensorRole role : TensorRole.values()) {
                weights.find(role, 0).ifPresent(MutatedModelTest::readAll);
            }
        } catch (JynamoException e) {
            assertThat(e.code())
                    .as("seed %d, round %d: %s", seed, round, e.getMessage())
                    .isIn(NAMED);
        } catch (RuntimeException | Error e) {
            throw new AssertionError("seed " + seed + ", round " + round, e);
        }
    }

    private static void readAll(WeightTensor tensor) {
        assertThat(tensor.data().toArray(ValueLayout.JAVA_BYTE))
                .hasSize((int) tensor.type().bytes((long) tensor.rows() * tensor.columns()));
    }
}
