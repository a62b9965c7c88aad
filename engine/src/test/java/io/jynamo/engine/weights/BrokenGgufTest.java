package io.jynamo.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with a GGUF file is said: the code, the file, the place, and words that help. */
class BrokenGgufTest {
    @TempDir
    Path folder;

    @Test
    void theMiniModelIsWhole() throws IOException {
        try (ModelWeights weights = Models.open(write(MiniModel.gguf().bytes()))) {
            assertThat(weights.config().eosTokenIds()).containsExactlyInAnyOrder(2, 7);
            assertThat(weights.config().headSize()).isEqualTo(8);
        }
    }

    @Test
    void idsOfTypesAreTheirOrdinals() {
        for (GgmlType type : GgmlType.values()) {
            assertThat(GgmlType.find(type.id())).isSameAs(type);
        }
        assertThat(GgmlType.find(GgmlType.values().length)).isNull();
        assertThat(GgmlType.find(-1)).isNull();
    }

    @Test
    void missingFile() {
        refused(folder.resolve("none.gguf"), ErrorCode.MODEL_FILE_MISSING, "no such file");
    }

    @Test
    void emptyFolder() {
        refused(folder, ErrorCode.MODEL_FILE_MISSING, "neither a config.json nor a .gguf");
    }

    @Test
    void emptyFile() throws IOException {
        refused(write(new byte[0]), ErrorCode.MODEL_FILE_CORRUPT, "the file ends inside the magic number");
    }

    @Test
    void notGguf() throws IOException {
        refused(
                write("PK.. this is a zip".getBytes(StandardCharsets.US_ASCII)),
                ErrorCode.MODEL_FILE_CORRUPT,
                "not with 'GGUF'");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 0x03000000})
    void versionsNotRead(int version) throws IOException {
        GgufWriter w = MiniModel.gguf();
        w.version = version;
        refused(w, ErrorCode.MODEL_UNSUPPORTED, version == 0x03000000 ? "big-endian" : "GGUF version " + version);
    }

    @Test
    void everyCutIsNoticed() throws IOException {
        byte[] whole = MiniModel.gguf().bytes();
        // All cuts inside the header, some in the data, and the last byte.
        for (int length = 0; length < whole.length; length += length < 1500 ? 1 : 97) {
            refused(write(Arrays.copyOf(whole, length)), ErrorCode.MODEL_FILE_CORRUPT, "pull or copy it again");
        }
        refused(write(Arrays.copyOf(whole, whole.length - 1)), ErrorCode.MODEL_FILE_CORRUPT, "past the file's end");
    }

    @ParameterizedTest
    @CsvSource({"8,the tensor count", "16,the metadata count"})
    void countsBeyondTheFile(int offset, String what) throws IOException {
        for (long count : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 40, 1 << 20}) {
            byte[] bytes = MiniModel.gguf().bytes();
            little(bytes).putLong(offset, count);
            refused(write(bytes), ErrorCode.MODEL_FILE_CORRUPT, what);
        }
    }

    @Test
    void stringBeyondTheFile() throws IOException {
        byte[] bytes = MiniModel.gguf().bytes();
        little(bytes).putLong(24, 1L << 62);
        refused(write(bytes), ErrorCode.MODEL_FILE_CORRUPT, "a metadata key claims 4611686018427387904 bytes");
    }

    @Test
    void arrayBeyondTheFile() throws IOException {
        byte[] claim = new byte[12];
        little(claim).putInt(0, 5).putLong(4, 1L << 33);
        refused(
                MiniModel.gguf().put("x", new GgufWriter.RawValue(9, claim)),
                ErrorCode.MODEL_FILE_CORRUPT,
                "'x' claims 8589934592 entries, more than fit");
    }

    @Test
    void arrayOfArrays() throws IOException {
        byte[] nested = new byte[12];
        little(nested).putInt(0, 9).putLong(4, 1);
        refused(
                MiniModel.gguf().put("x", new GgufWriter.RawValue(9, nested)),
                ErrorCode.MODEL_FILE_CORRUPT,
                "array of arrays");
    }

    @Test
    void unknownValueType() throws IOException {
        refused(
                MiniModel.gguf().put("x", new GgufWriter.RawValue(13, new byte[8])),
                ErrorCode.MODEL_FILE_CORRUPT,
                "value type 13");
    }

    @Test
    void booleanThatIsNeither() throws IOException {
        refused(
                MiniModel.gguf().put("x", new GgufWriter.RawValue(7, new byte[] {2})),
                ErrorCode.MODEL_FILE_CORRUPT,
                "boolean of value 2");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 24, -32, 1 << 30})
    void alignmentThatIsNoPowerOfTwo(int alignment) throws IOException {
        refused(MiniModel.gguf().put("general.alignment", alignment), ErrorCode.MODEL_FILE_CORRUPT, "power of two");
    }

    @Test
    void otherAlignmentIsHonoured() throws IOException {
        GgufWriter w = MiniModel.gguf().put("general.alignment", 64);
        w.alignment = 64;
        Models.open(write(w.bytes())).close();
    }

    @Test
    void unknownArchitecture() throws IOException {
        refused(
                MiniModel.gguf().put("general.architecture", "mamba"),
                ErrorCode.MODEL_UNSUPPORTED,
                "'mamba'",
                "llama",
                "qwen2",
                "qwen3",
                "gemma3");
    }

    @Test
    void noArchitecture() throws IOException {
        GgufWriter w = MiniModel.gguf();
        w.metadata.remove("general.architecture");
        refused(w, ErrorCode.MODEL_FILE_CORRUPT, "general.architecture");
    }

    @ParameterizedTest
    @CsvSource({
        "10,Q2_K",
        "11,Q3_K",
        "15,Q8_K",
        "16,IQ2_XXS",
        "34,TQ1_0",
        "39,MXFP4",
        "4,Q4_2",
        "31,Q4_0_4_4",
        "99,number 99"
    })
    void tensorTypesNotComputed(int id, String name) throws IOException {
        GgufWriter w = MiniModel.gguf();
        w.tensors.removeIf(t -> t.name.equals("blk.0.ffn_down.weight"));
        w.tensors.add(new GgufWriter.Entry("blk.0.ffn_down.weight", id, List.of(1024L, 1L), -1, new byte[8192]));
        refused(w, ErrorCode.MODEL_UNSUPPORTED, "'blk.0.ffn_down.weight'", name, "Q4_0", "Q6_K");
    }

    @Test
    void experts() throws IOException {
        refused(MiniModel.gguf().put("llama.expert_count", 8), ErrorCode.MODEL_UNSUPPORTED, "mixture of experts");
    }

    @ParameterizedTest
    @ValueSource(strings = {"yarn", "longrope", "\u0007bell"})
    void ropeScalingNotComputed(String type) throws IOException {
        refused(MiniModel.gguf().put("llama.rope.scaling.type", type), ErrorCode.MODEL_UNSUPPORTED, "rope scaling");
    }

    @Test
    void splitFile() throws IOException {
        refused(MiniModel.gguf().put("split.count", 3), ErrorCode.MODEL_UNSUPPORTED, "3 parts", "merge");
    }

    @Test
    void tensorTwice() throws IOException {
        GgufWriter w = MiniModel.gguf();
        w.tensors.add(w.tensors.getFirst());
        refused(w, ErrorCode.MODEL_FILE_CORRUPT, "'token_embd.weight' is there twice");
    }

    @Test
    void tensorsThatOverlap() throws IOException {
        refused(withTensor("blk.0.attn_norm.weight", 0, List.of(32L)), ErrorCode.MODEL_FILE_CORRUPT, "overlap");
    }

    @Test
    void tensorOutsideTheFile() throws IOException {
        refused(
                withTensor("blk.0.attn_norm.weight", 1 << 20, List.of(32L)),
                ErrorCode.MODEL_FILE_CORRUPT,
                "past the file's end");
        refused(
                withTensor("blk.0.attn_norm.weight", Long.MAX_VALUE - 31, List.of(32L)),
                ErrorCode.MODEL_FILE_CORRUPT,
                "past the file's end");
    }

    @Test
    void tensorOffItsAlignment() throws IOException {
        refused(
                withTensor("blk.0.attn_norm.weight", 33, List.of(32L)),
                ErrorCode.MODEL_FILE_CORRUPT,
                "not a multiple of 32");
    }

    @Test
    void shapesThatCannotBe() throws IOException {
        for (List<Long> shape : List.of(
                List.of(0L), List.of(-1L), List.of(1L << 62), List.of(1L << 31, 1L << 31, 1L << 31), List.<Long>of())) {
            refused(
                    withTensor("blk.0.attn_norm.weight", -1, shape),
                    ErrorCode.MODEL_FILE_CORRUPT,
                    "'blk.0.attn_norm.weight'");
        }
        GgufWriter halfBlock = MiniModel.gguf();
        halfBlock.add("blk.0.attn_q.bias", GgmlType.Q4_0, List.of(31L), new byte[18]);
        refused(halfBlock, ErrorCode.MODEL_FILE_CORRUPT, "which Q4_0 cannot hold");
    }

    @Test
    void shapesThatContradictTheConfiguration() throws IOException {
        refused(
                withTensor("blk.0.attn_norm.weight", -1, List.of(16L)),
                ErrorCode.MODEL_FILE_CORRUPT,
                "1 x 16",
                "asks for 1 x 32");
        refused(MiniModel.gguf().put("llama.attention.head_count_kv", 3), ErrorCode.MODEL_FILE_CORRUPT, "evenly");
        refused(MiniModel.gguf().put("llama.attention.key_length", 7), ErrorCode.MODEL_FILE_CORRUPT, "7, is odd");
        refused(MiniModel.gguf().put("llama.rope.dimension_count", 4), ErrorCode.MODEL_UNSUPPORTED, "rotates 4 of 8");
    }

    @Test
    void tensorMissing() throws IOException {
        GgufWriter w = MiniModel.gguf();
        w.tensors.removeIf(t -> t.name.equals("blk.0.ffn_up.weight"));
        refused(w, ErrorCode.MODEL_FILE_CORRUPT, "no tensor for FFN_UP of layer 0");
    }

    @Test
    void tensorNobodyKnows() throws IOException {
        GgufWriter w = MiniModel.gguf();
        w.add("blk.0.ffn_gate_inp.weight", GgmlType.F32, List.of(4L), new byte[16]);
        refused(w, ErrorCode.MODEL_UNSUPPORTED, "'blk.0.ffn_gate_inp.weight'");
    }

    @Test
    void keysMissingOrOutOfBounds() throws IOException {
        GgufWriter w = MiniModel.gguf();
        w.metadata.remove("llama.block_count");
        refused(w, ErrorCode.MODEL_FILE_CORRUPT, "llama.block_count");
        refused(MiniModel.gguf().put("llama.block_count", 0), ErrorCode.MODEL_FILE_CORRUPT, "llama.block_count");
        refused(
                MiniModel.gguf().put("llama.embedding_length", "many"),
                ErrorCode.MODEL_FILE_CORRUPT,
                "embedding_length");
        refused(
                MiniModel.gguf().put("llama.attention.layer_norm_rms_epsilon", Float.NaN),
                ErrorCode.MODEL_FILE_CORRUPT,
                "layer_norm_rms_epsilon");
        refused(MiniModel.gguf().put("tokenizer.ggml.eos_token_id", 16), ErrorCode.MODEL_FILE_CORRUPT, "eos_token_id");
        refused(
                MiniModel.gguf().put("llama.feed_forward_length", new int[] {64, 32}),
                ErrorCode.MODEL_UNSUPPORTED,
                "differs between layers");
    }

    private static GgufWriter withTensor(String name, long offset, List<Long> shape) {
        GgufWriter w = MiniModel.gguf();
        w.tensors.replaceAll(
                t -> t.name.equals(name) ? new GgufWriter.Entry(name, GgmlType.F32.id(), shape, offset, t.data) : t);
        return w;
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("m.gguf"), bytes);
    }

    private void refused(GgufWriter writer, ErrorCode code, String... words) throws IOException {
        refused(write(writer.bytes()), code, words);
    }

    private static void refused(Path path, ErrorCode code, String... words) {
        assertThatThrownBy(() -> Models.open(path).close())
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(path.toString())
                .hasMessageContainingAll(words);
    }
}
