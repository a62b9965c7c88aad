package io.jynamo.engine.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The smallest whole models, for tests that break them: one Llama layer, width 32, 16 tokens. */
final class MiniModel {
    private static final int WIDTH = 32;
    private static final int KEYS = 16;
    private static final int FFN = 64;
    private static final int VOCABULARY = 16;

    private MiniModel() {}

    static GgufWriter gguf() {
        var w = new GgufWriter();
        w.put("general.architecture", "llama")
                .put("general.name", "mini")
                .put("general.license", "none")
                .put("llama.block_count", 1)
                .put("llama.context_length", 128)
                .put("llama.embedding_length", WIDTH)
                .put("llama.feed_forward_length", FFN)
                .put("llama.attention.head_count", 4)
                .put("llama.attention.head_count_kv", 2)
                .put("llama.attention.layer_norm_rms_epsilon", 1e-5f)
                .put("tokenizer.ggml.tokens", tokens())
                .put("tokenizer.ggml.scores", new float[VOCABULARY])
                .put("tokenizer.ggml.token_type", new int[VOCABULARY])
                .put("tokenizer.ggml.add_bos_token", true)
                .put("tokenizer.ggml.bos_token_id", 1)
                .put("tokenizer.ggml.eos_token_id", 2);
        matrix(w, "token_embd", VOCABULARY, WIDTH, GgmlType.Q8_0);
        vector(w, "output_norm", WIDTH);
        vector(w, "blk.0.attn_norm", WIDTH);
        matrix(w, "blk.0.attn_q", WIDTH, WIDTH, GgmlType.Q4_0);
        matrix(w, "blk.0.attn_k", KEYS, WIDTH, GgmlType.Q4_0);
        matrix(w, "blk.0.attn_v", KEYS, WIDTH, GgmlType.Q5_1);
        matrix(w, "blk.0.attn_output", WIDTH, WIDTH, GgmlType.F16);
        vector(w, "blk.0.ffn_norm", WIDTH);
        matrix(w, "blk.0.ffn_gate", FFN, WIDTH, GgmlType.BF16);
        matrix(w, "blk.0.ffn_up", FFN, WIDTH, GgmlType.Q4_1);
        matrix(w, "blk.0.ffn_down", WIDTH, FFN, GgmlType.Q5_0);
        return w;
    }

    private static String[] tokens() {
        String[] tokens = new String[VOCABULARY];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = i == 7 ? "<|im_end|>" : "t" + i;
        }
        return tokens;
    }

    private static void matrix(GgufWriter w, String name, int rows, int columns, GgmlType type) {
        byte[] data = new byte[rows * columns / type.blockElements() * type.blockBytes()];
        w.add(name + ".weight", type, List.of((long) columns, (long) rows), data);
    }

    private static void vector(GgufWriter w, String name, int length) {
        w.add(name + ".weight", GgmlType.F32, List.of((long) length), new byte[length * Float.BYTES]);
    }

    static ObjectNode config() {
        ObjectNode config = new JsonMapper().createObjectNode();
        config.putArray("architectures").add("LlamaForCausalLM");
        return config.put("hidden_size", WIDTH)
                .put("intermediate_size", FFN)
                .put("num_hidden_layers", 1)
                .put("num_attention_heads", 4)
                .put("num_key_value_heads", 2)
                .put("vocab_size", VOCABULARY)
                .put("max_position_embeddings", 128)
                .put("rms_norm_eps", 1e-5)
                .put("rope_theta", 10000.0)
                .put("hidden_act", "silu")
                .put("eos_token_id", 2)
                .put("bos_token_id", 1)
                .put("tie_word_embeddings", true);
    }

    static SafetensorsWriter safetensors() {
        var w = new SafetensorsWriter();
        tensor(w, "model.embed_tokens.weight", VOCABULARY, WIDTH);
        tensor(w, "model.norm.weight", WIDTH);
        String layer = "model.layers.0.";
        tensor(w, layer + "input_layernorm.weight", WIDTH);
        tensor(w, layer + "self_attn.q_proj.weight", WIDTH, WIDTH);
        tensor(w, layer + "self_attn.k_proj.weight", KEYS, WIDTH);
        tensor(w, layer + "self_attn.v_proj.weight", KEYS, WIDTH);
        tensor(w, layer + "self_attn.o_proj.weight", WIDTH, WIDTH);
        tensor(w, layer + "post_attention_layernorm.weight", WIDTH);
        tensor(w, layer + "mlp.gate_proj.weight", FFN, WIDTH);
        tensor(w, layer + "mlp.up_proj.weight", FFN, WIDTH);
        tensor(w, layer + "mlp.down_proj.weight", WIDTH, FFN);
        return w;
    }

    private static void tensor(SafetensorsWriter w, String name, Integer... shape) {
        int elements = 1;
        for (int dimension : shape) {
            elements *= dimension;
        }
        w.add(name, "BF16", List.of(shape), new byte[elements * 2]);
    }

    static Path writeFolder(Path folder, ObjectNode config, byte[] weights) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), config.toString());
        Files.write(folder.resolve("model.safetensors"), weights);
        return folder;
    }
}
