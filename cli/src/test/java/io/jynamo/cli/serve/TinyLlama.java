package io.jynamo.cli.serve;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;

/** A model folder with random weights: what it says is noise, unless something holds it to a form. Its tokens are bytes, and pieces of JSON and markup. */
public final class TinyLlama {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int HIDDEN = 32;
    private static final int KV = 16;
    private static final int FFN = 48;
    /** More rows than tokens, as models have them. */
    private static final int VOCABULARY = 320;

    private static final List<String> PIECES =
            List.of("{\"", "\":", "\": ", "\",", "\", \"", "},", "true", "null", "\"}", "[[", "]}", "éa", "th", "</");
    private static final List<String> SPECIALS = List.of("<|im_start|>", "<|im_end|>", "[TOOL_CALLS]", "</think>");

    private TinyLlama() {}

    /** Writes the files into a folder. */
    public static Path write(Path folder, String template) throws IOException {
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        for (int b = 0; b < 256; b++) {
            vocabulary.put(Character.toString(byteChar(b)), b);
        }
        for (String piece : PIECES) {
            var written = new StringBuilder();
            for (byte b : piece.getBytes(StandardCharsets.UTF_8)) {
                written.appendCodePoint(byteChar(b & 0xFF));
            }
            vocabulary.put(written.toString(), vocabulary.size());
        }
        List<Map<String, Object>> added = new ArrayList<>();
        for (String special : SPECIALS) {
            added.add(Map.of(
                    "id", vocabulary.size() + added.size(),
                    "content", special,
                    "single_word", false,
                    "lstrip", false,
                    "rstrip", false,
                    "normalized", false,
                    "special", true));
        }
        int eos = vocabulary.size() + SPECIALS.indexOf("<|im_end|>");
        Map<String, Object> byteLevel =
                Map.of("type", "ByteLevel", "add_prefix_space", false, "trim_offsets", true, "use_regex", true);
        Map<String, Object> tokenizer = new LinkedHashMap<>();
        tokenizer.put("version", "1.0");
        tokenizer.put("added_tokens", added);
        tokenizer.put("pre_tokenizer", byteLevel);
        tokenizer.put("decoder", byteLevel);
        tokenizer.put("model", Map.of("type", "BPE", "vocab", vocabulary, "merges", List.of()));
        write(folder, "tokenizer.json", tokenizer);
        write(folder, "tokenizer_config.json", Map.of("eos_token", "<|im_end|>", "chat_template", template));
        write(folder, "config.json", config(eos));
        Files.write(folder.resolve("model.safetensors"), weights());
        return folder;
    }

    private static Map<String, Object> config(int eos) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("architectures", List.of("LlamaForCausalLM"));
        config.put("model_type", "llama");
        config.put("num_hidden_layers", 1);
        config.put("hidden_size", HIDDEN);
        config.put("intermediate_size", FFN);
        config.put("num_attention_heads", 4);
        config.put("num_key_value_heads", 2);
        config.put("vocab_size", VOCABULARY);
        config.put("max_position_embeddings", 4096);
        config.put("rms_norm_eps", 1e-5);
        config.put("hidden_act", "silu");
        config.put("tie_word_embeddings", false);
        config.put("eos_token_id", eos);
        return config;
    }

    private static byte[] weights() {
        Map<String, int[]> shapes = new LinkedHashMap<>();
        shapes.put("model.embed_tokens.weight", new int[] {VOCABULARY, HIDDEN});
        shapes.put("lm_head.weight", new int[] {VOCABULARY, HIDDEN});
        shapes.put("model.norm.weight", new int[] {HIDDEN});
        String layer = "model.layers.0.";
        shapes.put(layer + "input_layernorm.weight", new int[] {HIDDEN});
        shapes.put(layer + "post_attention_layernorm.weight", new int[] {HIDDEN});
        shapes.put(layer + "self_attn.q_proj.weight", new int[] {HIDDEN, HIDDEN});
        shapes.put(layer + "self_attn.k_proj.weight", new int[] {KV, HIDDEN});
        shapes.put(layer + "self_attn.v_proj.weight", new int[] {KV, HIDDEN});
        shapes.put(layer + "self_attn.o_proj.weight", new int[] {HIDDEN, HIDDEN});
        shapes.put(layer + "mlp.gate_proj.weight", new int[] {FFN, HIDDEN});
        shapes.put(layer + "mlp.up_proj.weight", new int[] {FFN, HIDDEN});
        shapes.put(layer + "mlp.down_proj.weight", new int[] {HIDDEN, FFN});
        Map<String, Object> header = new LinkedHashMap<>();
        int size = 0;
        for (var tensor : shapes.entrySet()) {
            int bytes = 4;
            for (int length : tensor.getValue()) {
                bytes *= length;
            }
            header.put(
                    tensor.getKey(),
                    Map.of("dtype", "F32", "shape", tensor.getValue(), "data_offsets", new int[] {size, size + bytes}));
            size += bytes;
        }
        byte[] text = JSON.writeValueAsBytes(header);
        var out = ByteBuffer.allocate(8 + text.length + size).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(text.length).put(text);
        var random = new Random(5);
        shapes.forEach((name, shape) -> {
            int count = shape.length == 1 ? shape[0] : shape[0] * shape[1];
            for (int i = 0; i < count; i++) {
                out.putFloat(shape.length == 1 ? 1f : (float) (0.3 * random.nextGaussian()));
            }
        });
        return out.array();
    }

    /** The character that GPT-2's vocabularies write for a byte. */
    private static int byteChar(int value) {
        if ((value >= 33 && value <= 126) || (value >= 161 && value <= 172) || value >= 174) {
            return value;
        }
        if (value <= 32) {
            return 256 + value;
        }
        return value == 173 ? 256 + 67 : 256 + 33 + (value - 127);
    }

    private static void write(Path folder, String name, Object content) throws IOException {
        Files.write(folder.resolve(name), JSON.writeValueAsBytes(content));
    }
}
